using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Execution;

namespace WorkManager.Tests.Execution;

/// <summary>The engine's contexts are kept by the host's options, but go where each of the host's contexts goes.</summary>
public sealed class EngineContextsOfTenants
{
    [Fact]
    public async Task Contexts_that_share_options_but_not_a_schema_do_not_share_the_engines()
    {
        await using var services = new ServiceCollection().AddWorkManager().UseDbContext<TenantContext>().Services.BuildServiceProvider();
        var options = new DbContextOptionsBuilder<TenantContext>();
        options.UseNpgsql("Host=nowhere").UseWorkManager().ReplaceService<IModelCacheKeyFactory, ModelOfTenant>().AmongManyKinds();
        var engines = services.GetRequiredService<EngineContexts>();

        // Twice, as the second is the one that comes from a pool.
        foreach (var schema in (string[])["one", "two", "one", "two", "one"])
        {
            await using var host = new TenantContext(options.Options, schema);
            await using var engine = engines.Open(host);
            engine.Model.FindEntityType(typeof(WorkOrder))!.GetSchema().Should().Be(schema);
        }
    }

    private sealed class TenantContext(DbContextOptions<TenantContext> options, string schema) : DbContext(options)
    {
        public string Schema => schema;

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasDefaultSchema(schema);
    }

    private sealed class ModelOfTenant : IModelCacheKeyFactory
    {
        public object Create(DbContext context, bool designTime) => (context.GetType(), (context as TenantContext)?.Schema, designTime);
    }
}
