using System.Data.Common;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Execution;

/// <summary>A database that is not as it should be is told from one that has no work.</summary>
public abstract class SchemaGuardSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task Missing_tables_are_one_error_that_names_the_command_whatever_is_called_first()
    {
        await using var app = ShopApp.On(await databases.CreateAsync());
        await using var scope = app.NewScope();
        var token = new LeaseToken(Guid.NewGuid(), 1);

        foreach (var call in (Func<Task>[])
        [
            () => app.ProposeEchoAsync(),
            () => app.Agent("agent-1").CheckoutAsync(),
            () => app.Agent("agent-1").HeartbeatAsync(token),
            () => app.Agent("agent-1").ReleaseAsync(token),
            () => app.Agent("agent-1").SubmitAsync(token, Steps.Verified),
            () => app.Reviewer.ApproveAsync(Guid.NewGuid()),
            () => app.Reviewer.RejectAsync(Guid.NewGuid(), [new("no", "No.")]),
            () => app.Reviewer.CancelAsync(Guid.NewGuid()),
            () => app.Reviewer.GetAsync(Guid.NewGuid()),
            () => app.Reviewer.ListAsync(),
            () => app.Maintenance.ReclaimExpiredAsync(),
            () => app.Maintenance.CheckSchemaAsync(),
            () => scope.ServiceProvider.GetRequiredService<IWorkItemRepository>().ListAvailableAsync(),
        ])
        {
            var refusal = await app.RefusesAsync<WorkManagerSchemaException>("schema_missing", call);
            refusal.Message.Should().Contain("dotnet ef database update").And.Contain("ShopContext").And.Contain("EnsureCreated");
        }
    }

    [Fact]
    public async Task A_missing_column_is_an_older_schema_and_named()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Database.ExecuteAsync("ALTER TABLE work_items DROP COLUMN progress");

        var refusal = await app.RefusesAsync<WorkManagerSchemaException>("schema_outdated", () => app.ProposeEchoAsync());

        refusal.Message.Should().Contain("work_items.progress is missing").And.Contain("dotnet ef database update");
    }

    [Fact]
    public async Task The_schema_is_found_good_once_it_is_there_without_a_restart()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Database.ExecuteAsync("ALTER TABLE work_items RENAME TO elsewhere");
        await app.RefusesAsync<WorkManagerSchemaException>("schema_outdated", () => app.ProposeEchoAsync());
        await app.Database.ExecuteAsync("ALTER TABLE elsewhere RENAME TO work_items");

        await app.Maintenance.CheckSchemaAsync();
        await app.ProposeEchoAsync();
    }

    [Fact]
    public async Task An_explicit_check_looks_again()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();
        await app.Database.ExecuteAsync("ALTER TABLE work_items DROP COLUMN progress");

        await app.RefusesAsync<WorkManagerSchemaException>("schema_outdated", () => app.Maintenance.CheckSchemaAsync());
    }

    [Fact]
    public async Task A_model_that_was_compiled_with_another_version_is_told_to_be_compiled_again()
    {
        await using var database = await databases.CreateAsync();
        await using var older = new ShopContext(RareOptions(database, o => o.UseWorkManager().ReplaceService<IModelCustomizer, OfAnOlderVersion>()));
        await using var without = new ShopContext(RareOptions(database, _ => { }));

        foreach (var (model, saying) in new[] { (older.Model, "00000000000000_WorkManager_Older"), (without.Model, "without WorkManager") })
        {
            await using var app = await ShopApp.StartAsync(databases, null, null, o => o.UseModel(model).AmongManyKinds());

            var refusal = await app.RefusesAsync<WorkManagerSchemaException>("schema_outdated", () => app.ProposeEchoAsync());

            refusal.Message.Should().Contain(saying).And.Contain("dotnet ef dbcontext optimize --context ShopContext");
        }
    }

    [Theory]
    [InlineData(MigrationOwnership.Host, "dotnet ef migrations add")]
    [InlineData(MigrationOwnership.None, "migrate the context that does")]
    public async Task Who_makes_the_tables_is_who_is_told_that_they_are_missing(MigrationOwnership owner, string saying)
    {
        await using var app = ShopApp.On(await databases.CreateAsync(), null, null, o => o.UseWorkManager(s => s.Migrations = owner).AmongManyKinds());

        (await app.RefusesAsync<WorkManagerSchemaException>("schema_missing", () => app.ProposeEchoAsync())).Message.Should().Contain(saying);
    }

    [Fact, Trait("Bug", "B40")]
    public async Task A_database_that_is_down_is_the_providers_own_error()
    {
        await using var app = ShopApp.On(await databases.CreateAsync(), null, null, o => _ = databases.Provider == Provider.Sqlite
            ? o.UseSqlite("Data Source=/nonexistent/folder/work.db")
            : o.UseNpgsql("Host=127.0.0.1;Port=1;Username=nobody;Database=nothing;Timeout=5"));

        foreach (var call in (Func<Task>[])[() => app.ProposeEchoAsync(), () => app.Agent("agent-1").CheckoutAsync(), () => app.Reviewer.ListAsync()])
        {
            var failure = (await call.Should().ThrowAsync<Exception>()).Which;
            // EF Core puts what may pass into an exception of its own that says so.
            (failure as DbException ?? failure.InnerException).Should().BeAssignableTo<DbException>();
            failure.Should().NotBeAssignableTo<WorkManagerException>();
        }
    }

    private static DbContextOptions<ShopContext> RareOptions(TestDatabase database, Action<DbContextOptionsBuilder> configure) =>
        database.Options<ShopContext>(o =>
        {
            configure(o);
            o.EnableServiceProviderCaching(false);
        });

    private sealed class OfAnOlderVersion(ModelCustomizerDependencies dependencies) : RelationalModelCustomizer(dependencies)
    {
        public override void Customize(ModelBuilder modelBuilder, DbContext context)
        {
            base.Customize(modelBuilder, context);
            modelBuilder.HasAnnotation("WorkManager:Version", "00000000000000_WorkManager_Older");
        }
    }
}

public sealed class SchemaGuardOnSqlite(SqliteFixture databases) : SchemaGuardSpecification(databases), IOnSqlite;

public sealed class SchemaGuardOnPostgreSql(PostgreSqlFixture databases) : SchemaGuardSpecification(databases), IOnPostgreSql;
