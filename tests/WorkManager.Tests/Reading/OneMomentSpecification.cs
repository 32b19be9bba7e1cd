using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Reading;

/// <summary>What is read together was true at one moment, whatever others write meanwhile.</summary>
public abstract class OneMomentSpecification(DatabaseFixture databases)
{
    private const int Items = 200;

    [Fact]
    public async Task An_order_and_its_items_and_events_are_read_as_of_one_moment()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(Items));
        var agent = app.Agent("agent-1");
        await app.Requester.GetAsync(order.Id);
        var working = Task.Run(async () =>
        {
            foreach (var lease in await agent.CheckoutManyAsync(Items))
            {
                await agent.SubmitAsync(lease, new BatchResult(lease.Input<Batch>().Id, true, 1));
            }
        });

        var reads = 0;
        for (; !working.IsCompleted; reads++)
        {
            var read = await app.Requester.GetAsync(order.Id);
            read.ItemsOpen.Should().Be(read.Items.Count(i => i.State != ItemState.Submitted));
            await using var scope = app.NewScope();
            var all = (await scope.ServiceProvider.GetRequiredService<IWorkOrderRepository>().FindAsync(order.Id, OrderParts.All))!;
            all.ItemsOpen.Should().Be(all.Items.Count(i => i.State != ItemState.Submitted));
            all.Events.Count(e => e.Event == "submitted" && e.ItemId != null).Should().Be(all.Items.Count(i => i.State == ItemState.Submitted));
        }

        await working;
        reads.Should().BeGreaterThan(3);
    }

    [Fact]
    public async Task What_is_available_includes_what_is_due()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var ready = await app.ProposeEchoAsync();
        var due = await app.Requester.ProposeAsync(new EchoPayload("due"), new ProposeOptions { Priority = 10 });
        var later = await app.ProposeEchoAsync();
        await app.Database.ExecuteAsync($"UPDATE work_items SET ready_at = NULL, available_at = '2026-01-01' WHERE {IsOf(due.Id)}");
        await app.Database.ExecuteAsync($"UPDATE work_items SET ready_at = NULL, available_at = '2036-01-01' WHERE {IsOf(later.Id)}");
        await using var scope = app.NewScope();

        var available = await scope.ServiceProvider.GetRequiredService<IWorkItemRepository>().ListAvailableAsync();

        available.Select(i => i.OrderId).Should().Equal(due.Id, ready.Id);
    }

    private static string IsOf(Guid order) => $"lower(CAST(order_id AS text)) = '{order}'";
}

public sealed class OneMomentOnSqlite(SqliteFixture databases) : OneMomentSpecification(databases), IOnSqlite;

public sealed class OneMomentOnPostgreSql(PostgreSqlFixture databases) : OneMomentSpecification(databases), IOnPostgreSql;
