using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace WorkManager.Persistence.HostModel;

/// <summary>Adds WorkManager's model and migrations to a context, and keeps the context's own code from writing our rows.</summary>
/// <param name="schema">The schema of the tables; null for the model's default.</param>
/// <param name="engine">Whether the context is the engine's own: it may write, and sees tables that hosts do not.</param>
internal sealed class WorkManagerOptionsExtension(string? schema, bool engine) : IDbContextOptionsExtension
{
    private ExtensionInfo? info;

    public string? Schema { get; } = schema;

    public bool Engine { get; } = engine;

    public DbContextOptionsExtensionInfo Info => info ??= new ExtensionInfo(this);

    public void ApplyServices(IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IConventionSetPlugin, WorkManagerConventionSetPlugin>());
        // The last registration wins, and providers only add what is not there: right before and after the provider.
        services.AddScoped<IMigrationsAssembly, WorkManagerMigrationsAssembly>();
        if (!Engine)
        {
            services.AddSingleton<IInterceptor, HostWriteGuard>();
            services.AddSingleton<IInterceptor, ForeignContextGuard>();
        }
    }

    public void Validate(IDbContextOptions options)
    {
    }

    private sealed class ExtensionInfo(WorkManagerOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => extension.Schema is null ? "WorkManager " : $"WorkManager(schema={extension.Schema}) ";

        // Part of the hash: the model is cached per service provider, and differs by schema.
        public override int GetServiceProviderHashCode() => HashCode.Combine(extension.Schema, extension.Engine);

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) =>
            other is ExtensionInfo same && same.Of() == Of();

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo)
        {
            debugInfo["WorkManager:Schema"] = extension.Schema ?? "";
            debugInfo["WorkManager:Engine"] = extension.Engine.ToString();
        }

        private (string? Schema, bool Engine) Of() => (extension.Schema, extension.Engine);
    }
}
