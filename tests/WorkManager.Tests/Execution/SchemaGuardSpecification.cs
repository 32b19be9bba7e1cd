using System.Data.Common;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
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
}

public sealed class SchemaGuardOnSqlite(SqliteFixture databases) : SchemaGuardSpecification(databases), IOnSqlite;

public sealed class SchemaGuardOnPostgreSql(PostgreSqlFixture databases) : SchemaGuardSpecification(databases), IOnPostgreSql;
