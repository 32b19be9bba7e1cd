using System.Globalization;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Dependencies;

/// <summary>Agents that work at the same time on items that come after each other.</summary>
public abstract class DiamondsSpecification(DatabaseFixture databases, ITestOutputHelper output)
{
    private static readonly int Items = int.Parse(Environment.GetEnvironmentVariable("WORKMANAGER_DIAMOND_ITEMS") ?? "34", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Layers_of_items_drain_in_their_order_with_many_agents_some_of_which_die()
    {
        const int agents = 8, width = 10;
        await using var app = await Graphs.StartAsync(databases);
        // One item, then a layer of ten that come after it, then one after these ten, and so on.
        List<Node> nodes = [];
        for (var i = 0; i < Items; i++)
        {
            var (layer, place) = (i / (width + 1), i % (width + 1));
            string[] after = place > 0 ? [$"{layer}"] : layer == 0 ? [] : [.. Enumerable.Range(1, width).Select(p => $"{layer - 1}.{p}")];
            nodes.Add(new Node(place == 0 ? $"{layer}" : $"{layer}.{place}", after));
        }

        var order = await app.ProposeAsync<WaitingGraph>(new GraphPayload([.. nodes]));
        var (taken, died) = (0, 0);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await Task.WhenAll(Enumerable.Range(0, agents).Select(a => Task.Run(() => WorkAsync(a))));

        // Apart: together the plan would be read once for each item and event.
        var items = await app.ReadAsync(db => db.Set<WorkItem>().AsNoTracking().Where(i => i.OrderId == order.Id).ToListAsync(patience.Token));
        var trail = await app.ReadAsync(db => db.Set<WorkEvent>().AsNoTracking().Where(e => e.ItemId != null && (e.Event == "leased" || e.Event == "submitted"))
            .OrderBy(e => e.Id).ToListAsync(patience.Token));
        output.WriteLine($"{items.Count} items, {agents} agents; {taken} leases, {died} of agents that died.");
        died.Should().BePositive();
        (await app.ReadAsync(db => db.Set<WorkOrder>().Select(o => o.State).SingleAsync(patience.Token))).Should().Be(OrderState.Submitted);
        items.Should().OnlyContain(i => i.BlockedBy == 0 && i.State == ItemState.Submitted);
        (await app.MetAsync()).Should().OnlyContain(met => met);
        var names = items.ToDictionary(i => i.Id, i => i.ReadInput<Node>());
        var submitted = new HashSet<string>();
        foreach (var step in trail)
        {
            var node = names[step.ItemId!.Value];
            if (step.Event == "leased")
            {
                node.After.Should().BeSubsetOf(submitted, "{0} comes after them", node.Name);
            }
            else
            {
                submitted.Add(node.Name).Should().BeTrue("{0} is submitted once", node.Name);
            }
        }

        async Task WorkAsync(int number)
        {
            var agent = app.Agent($"agent-{number}");
            while (await app.ReadAsync(db => db.Set<WorkOrder>().AnyAsync(o => o.Id == order.Id && o.ItemsOpen > 0, patience.Token)))
            {
                if (await agent.CheckoutAsync(new() { OrderId = order.Id }, patience.Token) is not { } lease)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(5), patience.Token);
                }
                else if (Interlocked.Increment(ref taken) % 9 == 0)
                {
                    // It dies, and somebody takes its lease back, once the order is not locked.
                    while ((await app.Maintenance.RevokeLeasesAsync(new() { AgentId = lease.Item.LeasedByAgentId })).Leases.Count == 0)
                    {
                        await Task.Delay(TimeSpan.FromMilliseconds(5), patience.Token);
                    }

                    Interlocked.Increment(ref died);
                }
                else
                {
                    await agent.SubmitAsync(lease, new Answer("done"), cancellationToken: patience.Token);
                }
            }
        }
    }

    [Fact]
    public async Task Results_that_free_the_same_item_at_the_same_time_free_it_once()
    {
        await using var app = await Graphs.StartAsync(databases);
        for (var round = 0; round < 10; round++)
        {
            var order = await app.ProposeAsync<FailingGraph>(Graphs.Of("a", "b", "c", "d", "e:a,b,c,d"));
            var leases = await app.Agent("agent-1").CheckoutManyAsync(9, new() { OrderId = order.Id });

            await Task.WhenAll(leases.Select(l => Task.Run(() => app.Agent("agent-1").SubmitAsync(l, new Answer("done")))));

            (await app.ShowAsync(order.Id)).Should().EndWith("e=Queued/0!");
        }
    }

    [Fact]
    public async Task An_order_that_is_proposed_while_the_one_before_it_ends_never_waits_for_ever()
    {
        await using var app = await Graphs.StartAsync(databases);
        for (var round = 0; round < 10; round++)
        {
            var first = await app.SubmittedEchoAsync();
            var refuses = round % 2 == 0;

            var ending = Task.Run(() => refuses ? app.Reviewer.RejectAsync(first.Id, [new("no", "No.")]) : app.Reviewer.ApproveAsync(first.Id));
            var proposing = Task.Run(async () =>
            {
                try
                {
                    return (await app.ProposeAsync<FailingGraph>(Graphs.Of("a"), first.Id)).Id;
                }
                catch (WorkManagerException refused) when (refused.Code == "dependency_failed")
                {
                    return Guid.Empty;
                }
            });
            await Task.WhenAll(ending, proposing);

            if (await proposing is var id && id != Guid.Empty)
            {
                var order = await app.OrderAsync(id);
                (order.State, order.BlockedBy).Should().Be(refuses ? (OrderState.Failed, 1) : (OrderState.Queued, 0));
            }
        }
    }
}

public sealed class DiamondsOnSqlite(SqliteFixture databases, ITestOutputHelper output) : DiamondsSpecification(databases, output), IOnSqlite;

public sealed class DiamondsOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output) : DiamondsSpecification(databases, output), IOnPostgreSql;
