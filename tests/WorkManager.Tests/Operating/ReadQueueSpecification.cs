using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Operating;

/// <summary>What waits and what is in work, counted by order type.</summary>
public abstract class ReadQueueSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task Each_type_is_counted_in_each_state_for_all_tenants()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var begun = app.Time.GetUtcNow();
        var factory = app.Services.GetRequiredService<IWorkOrderManagerFactory>();
        await app.ProposeEchoAsync();
        // Its time has not come.
        await app.Requester.ProposeAsync(new EchoPayload("later"), new() { AvailableAt = begun.AddHours(1) });
        await factory.Create(Actor.User("b"), "north").ProposeAsync(new EchoPayload("in another tenant"));
        var held = await app.ProposeEchoAsync();
        await app.Reviewer.HoldAsync(held.Id);
        await app.SubmittedEchoAsync();
        await app.Requester.ProposeAsync(new BatchPayload([new("a", [1]), new("b", [2]), new("c", [3])]));
        await app.Agent("dead").CheckoutManyAsync<Batches>(1);
        await app.Agent("alive").CheckoutManyAsync<Batches>(1, new() { Ttl = TimeSpan.FromMinutes(10) });
        app.Time.Advance(TimeSpan.FromSeconds(121));
        var rows = await Refusal.ReadAsync(app.Database);

        var queue = await app.Maintenance.ReadQueueAsync();

        queue.Should().Equal(
            new QueueStatus("test.batch", 1, begun, 0, 2, 1, begun.AddSeconds(120)),
            new QueueStatus("test.echo", 2, begun, 2, 0, 0, null));
        (await Refusal.ReadAsync(app.Database)).Should().Equal(rows);
    }

    [Fact]
    public async Task What_is_due_counts_as_available_before_anybody_has_asked_for_it()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var due = app.Time.GetUtcNow().AddHours(1);
        await app.Requester.ProposeAsync(new EchoPayload("later"), new() { AvailableAt = due });

        app.Time.Advance(TimeSpan.FromHours(2));

        (await app.Maintenance.ReadQueueAsync()).Should().Equal(new QueueStatus("test.echo", 1, due, 0, 0, 0, null));
    }

    [Fact]
    public async Task An_empty_queue_has_no_entries()
    {
        await using var app = await ShopApp.StartAsync(databases);

        (await app.Maintenance.ReadQueueAsync()).Should().BeEmpty();
    }
}

public sealed class ReadQueueOnSqlite(SqliteFixture databases) : ReadQueueSpecification(databases), IOnSqlite;

public sealed class ReadQueueOnPostgreSql(PostgreSqlFixture databases) : ReadQueueSpecification(databases), IOnPostgreSql;
