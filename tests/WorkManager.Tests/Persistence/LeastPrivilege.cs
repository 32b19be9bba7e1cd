using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Persistence;

/// <summary>What <c>postgresql-grants.sql</c> grants is enough to work, and no more than that.</summary>
public sealed class LeastPrivilege(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    private const string RoleInTheScript = "workmanager_app";

    private readonly string role = $"app_{Guid.NewGuid():N}";

    [Fact]
    public async Task A_role_with_these_rights_does_all_the_work()
    {
        await using var app = await StartAsync();

        var order = await app.ProposeEchoAsync();
        var given = (await app.Agent("gives back").CheckoutAsync(new() { OrderId = order.Id }))!;
        await app.Agent("gives back").ReleaseAsync(given);
        app.Time.Advance(TimeSpan.FromHours(1));
        (await app.Agent("dies").CheckoutAsync(new() { OrderId = order.Id })).Should().NotBeNull();
        app.Time.Advance(TimeSpan.FromHours(1));
        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(1);
        app.Time.Advance(TimeSpan.FromHours(1));
        var rejected = (await app.Requester.ProposeAsync(new EchoPayload("rejected"))).Id;
        await app.Reviewer.RejectAsync(rejected, [new("wrong", "Not like this.")]);
        await app.Requester.CancelAsync((await app.Requester.ProposeAsync(new EchoPayload("cancelled"))).Id);

        var applied = await app.SubmittedEchoAsync("hello");
        (await app.Reviewer.ApproveAsync(applied.Id)).State.Should().Be(OrderState.Completed);
        (await app.Requester.ListAsync()).Items.Should().HaveCount(4);
        await app.Maintenance.PauseTypeAsync("test.echo");
        await app.Maintenance.PauseTypeAsync("test.echo");
        await app.Maintenance.ResumeTypeAsync("test.echo");
        await app.Maintenance.CheckSchemaAsync();
        await DropRoleAsync(app);
    }

    [Theory, Trait("Bug", "B71")]
    [InlineData("UPDATE work_events SET message = 'never happened'")]
    [InlineData("DELETE FROM work_events")]
    [InlineData("TRUNCATE work_events")]
    [InlineData("UPDATE work_provenances SET agent_name = 'somebody else'")]
    [InlineData("DELETE FROM work_orders")]
    [InlineData("ALTER TABLE work_items ADD COLUMN mine integer")]
    [InlineData("DROP TABLE work_duties")]
    [InlineData("CREATE TABLE mine (id integer)")]
    public async Task It_may_neither_change_history_nor_tables(string sql)
    {
        await using var app = await StartAsync();

        await using (var connection = new NpgsqlConnection(ConnectionString(app.Database)))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // From the list above.
            command.CommandText = sql;
#pragma warning restore CA2100
            (await FluentActions.Awaiting(command.ExecuteNonQueryAsync).Should().ThrowAsync<PostgresException>())
                .Which.SqlState.Should().Be(PostgresErrorCodes.InsufficientPrivilege);
        }

        await DropRoleAsync(app);
    }

    [Fact]
    public async Task Only_the_role_that_prunes_deletes_history()
    {
        await using var app = await StartAsync(o => o.Maintenance.PruneRejectedAfter = TimeSpan.Zero);
        await app.Requester.CancelAsync((await app.ProposeEchoAsync()).Id);

        await FluentActions.Awaiting(() => app.Maintenance.PruneAsync()).Should().ThrowAsync<PostgresException>().Where(e => e.SqlState == PostgresErrorCodes.InsufficientPrivilege);
        (await app.Database.ScalarAsync("SELECT count(*) FROM work_events")).Should().Be(3L);

        await app.Database.ExecuteAsync($"DROP OWNED BY {role}");
        await app.Database.ExecuteAsync(RepositoryFiles.Read(SchemaScripts.PruneGrants).Replace("workmanager_prune", role, StringComparison.Ordinal));
        (await app.Maintenance.PruneAsync()).Rejected.Should().Be(1);
        (await app.Database.ScalarAsync("SELECT count(*) FROM work_items")).Should().Be(0L);
        await DropRoleAsync(app);
    }

    private async Task<ShopApp> StartAsync(Action<WorkManagerOptions>? options = null)
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN");
        await database.ExecuteAsync(RepositoryFiles.Read(SchemaScripts.Grants).Replace(RoleInTheScript, role, StringComparison.Ordinal));

        // The host's own.
        await database.ExecuteAsync($"GRANT ALL ON customers, ledger TO {role}; GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}");
        return ShopApp.On(database, options: options, context: o => o.UseNpgsql(ConnectionString(database)));
    }

    private string ConnectionString(TestDatabase database) =>
        new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Pooling = false }.ToString();

    // Roles belong to the server, and outlive the database.
    private Task DropRoleAsync(ShopApp app) => app.Database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
}
