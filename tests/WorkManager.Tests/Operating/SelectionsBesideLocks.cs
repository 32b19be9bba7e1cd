using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Operating;

/// <summary>Calls for many orders wait for none of them. On SQLite there is one writer, and nothing to pass over.</summary>
public sealed class SelectionsBesideLocks(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task An_order_that_somebody_has_locked_is_passed_over_and_the_rest_is_done()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (locked, free) = (await RetryOrderSpecification.FailedAsync(app), await RetryOrderSpecification.FailedAsync(app));
        app.Time.Advance(TimeSpan.FromDays(3));
        await using var connection = await app.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT id FROM work_orders WHERE state = 'failed' ORDER BY last_transitioned_at, id LIMIT 1 FOR UPDATE";
            (await command.ExecuteScalarAsync()).Should().Be(locked);
        }

        var result = await app.Maintenance.RetryAsync(new() { All = true, Limit = 1 });
        (await app.Maintenance.DeadLetterDueAsync()).Should().Be(1);

        (result.OrderIds.Count, result.Refused.Single().Value.Code, result.HasMore).Should().Be((0, "busy", true));
        (await app.OrderAsync(free)).State.Should().Be(OrderState.DeadLettered);
        await transaction.RollbackAsync();
        (await app.Maintenance.DeadLetterDueAsync()).Should().Be(1);
    }

    [Fact]
    public async Task What_is_cloned_or_returned_for_rework_waits_for_no_order_either()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (dead, otherDead) = (await RetryOrderSpecification.FailedAsync(app), await RetryOrderSpecification.FailedAsync(app));
        await app.Maintenance.DeadLetterAsync(new() { OrderIds = [dead, otherDead] });
        var (submitted, otherSubmitted) = (await app.SubmittedEchoAsync(), await app.SubmittedEchoAsync());
        await using var connection = await app.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = $"SELECT count(*) FROM (SELECT 1 FROM work_orders WHERE id IN ('{dead}', '{submitted.Id}') FOR UPDATE) AS locked";
            (await command.ExecuteScalarAsync()).Should().Be(2L);
        }

        var cloned = await app.Maintenance.CloneAsync(new() { All = true });
        var returned = await app.Maintenance.ReturnForReworkAsync(new() { All = true }, [new RejectionReason("blurred", "Take it again.")]);

        cloned.OrderIds.Should().Equal(otherDead);
        (cloned.Refused.Single().Key, cloned.Refused.Single().Value.Code).Should().Be((dead, "busy"));
        returned.OrderIds.Should().Equal(otherSubmitted.Id);
        (returned.Refused.Single().Key, returned.Refused.Single().Value.Code).Should().Be((submitted.Id, "busy"));
    }

    [Fact]
    public async Task A_whole_page_of_locked_orders_does_not_keep_a_duty_from_the_next_page()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await RetryOrderSpecification.FailedAsync(app);
        await app.Database.ExecuteAsync(
            """
            INSERT INTO work_orders SELECT (json_populate_record(o, json_build_object('id', gen_random_uuid()))).*
            FROM work_orders AS o, generate_series(1, 1000)
            """);
        app.Time.Advance(TimeSpan.FromDays(3));
        await using var connection = await app.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT id FROM work_orders ORDER BY last_transitioned_at, id LIMIT 1000 FOR UPDATE";
            await command.ExecuteNonQueryAsync();
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        (await app.Maintenance.DeadLetterDueAsync(patience.Token)).Should().Be(1);
    }

    [Fact]
    public async Task Leases_of_an_order_that_somebody_has_locked_are_left_and_the_others_revoked()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (locked, free) = (await app.ProposeEchoAsync(), await app.ProposeEchoAsync());
        var leases = await app.Agent("agent-1").CheckoutManyAsync(2);
        await using var connection = await app.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT id FROM work_orders ORDER BY id LIMIT 1 FOR UPDATE";
            (await command.ExecuteScalarAsync()).Should().Be(locked.Id);
        }

        var result = await app.Maintenance.RevokeLeasesAsync(new() { All = true });

        result.Leases.Should().Equal(leases[1].Token);
        (result.Refused.Single().Key, result.Refused.Single().Value.Code).Should().Be((locked.Id, "busy"));
        (await app.OrderAsync(free.Id)).State.Should().Be(OrderState.Queued);
    }

    [Fact]
    public async Task What_happened_to_a_lease_since_it_was_found_counts()
    {
        var between = new BeforeTransactions();
        await using var app = await ShopApp.StartAsync(databases, null, null, context => context.AddInterceptors(between));
        await app.ProposeEchoAsync();
        await app.ProposeEchoAsync();
        var leases = await app.Agent("agent-1").CheckoutManyAsync(2);
        app.Time.Advance(TimeSpan.FromSeconds(60));
        // Before the first transaction begins, one holder sends a heartbeat, and the other gives its item back and gets it again.
        between.Once = async () =>
        {
            await app.Database.ExecuteAsync(
                $"UPDATE work_items SET last_heartbeat_at = '{app.Time.GetUtcNow():O}' WHERE id = '{leases[0].Item.Id}'");
            await app.Database.ExecuteAsync($"UPDATE work_items SET lease_epoch = lease_epoch + 1 WHERE id = '{leases[1].Item.Id}'");
        };

        var result = await app.Maintenance.RevokeLeasesAsync(new() { SilentFor = TimeSpan.FromSeconds(30) });

        (result.Leases.Count, result.Refused.Count).Should().Be((0, 0));
        (await app.ReadAsync(db => db.Set<WorkItem>().CountAsync(i => i.State == ItemState.Leased))).Should().Be(2);
    }

    [Fact]
    public async Task What_happened_to_an_order_since_it_was_found_counts()
    {
        var between = new BeforeTransactions();
        await using var app = await ShopApp.StartAsync(databases, null, null, context => context.AddInterceptors(between));
        var order = await RetryOrderSpecification.FailedAsync(app);
        app.Time.Advance(TimeSpan.FromDays(3));
        // Once it is found, in its turn of the duty, somebody retries it, and it fails again.
        between.After(1, () => app.Database.ExecuteAsync($"UPDATE work_orders SET last_transitioned_at = '{app.Time.GetUtcNow():O}'"));

        (await app.Maintenance.DeadLetterDueAsync()).Should().Be(0);

        (await app.OrderAsync(order)).State.Should().Be(OrderState.Failed);
    }
}
