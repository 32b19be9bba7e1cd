using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Dependencies;

/// <summary>An item of a graph: its name, the names of those that it comes after, and when it can be claimed.</summary>
public sealed record Node(string Name, string[] After, DateTimeOffset? AvailableAt = null);

public sealed record GraphPayload(Node[] Nodes);

/// <summary>An order whose items come after each other as the payload says.</summary>
public abstract class Graph : OrderType<GraphPayload, Node, Answer>
{
    protected override IEnumerable<PlannedItem<Node>> Plan(GraphPayload payload)
    {
        // Lists, so that a test can plan what waits for itself.
        var after = payload.Nodes.ToDictionary(n => n.Name, _ => new List<PlannedItem>());
        var items = payload.Nodes.Select(n => new PlannedItem<Node>(n) { After = after[n.Name], AvailableAt = n.AvailableAt }).ToDictionary(i => i.Input.Name);
        foreach (var node in payload.Nodes)
        {
            after[node.Name].AddRange(node.After.Select(other => items.TryGetValue(other, out var item) ? item : Item(new Node(other, []))));
        }

        return items.Values;
    }

    protected override Task ApplyAsync(ApplyContext<GraphPayload, Node, Answer> apply, CancellationToken cancellationToken) => Task.CompletedTask;
}

[OrderType("graph.fail", MaxReworks = 1)]
public sealed class FailingGraph : Graph;

[OrderType("graph.fail_at_once", ItemFailure = ItemFailure.FailOrderAtOnce)]
public sealed class AtOnceGraph : Graph;

[OrderType("graph.fail_and_review", ItemFailure = ItemFailure.GoOn)]
public sealed class ReviewedGraph : Graph;

[OrderType("graph.wait", DependencyFailure = DependencyFailure.Wait)]
public sealed class WaitingGraph : Graph;

[OrderType("graph.go_on", ItemFailure = ItemFailure.GoOn, DependencyFailure = DependencyFailure.GoOn)]
public sealed class LenientGraph : Graph;

[OrderType("graph.keep", RedoDependents = false)]
public sealed class KeepingGraph : Graph;

/// <summary>An application that knows the graphs, and the usual steps.</summary>
internal static class Graphs
{
    public static readonly WorkFailure Final = new("broken", "It is.") { Retryable = false };

    /// <summary>One, then two beside each other, then one after both.</summary>
    public static readonly GraphPayload Diamond = Of("a", "b:a", "c:a", "d:b,c");

    public static Task<ShopApp> StartAsync(DatabaseFixture databases) => ShopApp.StartAsync(databases, builder => builder
        .AddOrderType<FailingGraph>().AddOrderType<AtOnceGraph>().AddOrderType<ReviewedGraph>().AddOrderType<WaitingGraph>()
        .AddOrderType<LenientGraph>().AddOrderType<KeepingGraph>());

    /// <summary>A graph, each item written as its name, a colon, and the names of those that it comes after.</summary>
    public static GraphPayload Of(params string[] nodes) => new(
    [
        .. nodes.Select(n => n.Split(':')).Select(n => new Node(n[0], n.Length > 1 ? n[1].Split(',') : [])),
    ]);

    public static Task<WorkOrder> ProposeAsync<T>(this ShopApp app, GraphPayload graph, params Guid[] after)
        where T : Graph => app.Requester.ProposeAsync<T>(graph, new() { After = after });

    /// <summary>Leases everything that can be leased, by the names of the items.</summary>
    public static async Task<SortedDictionary<string, WorkLease>> LeaseAllAsync(this ShopApp app, Guid? orderId = null) =>
        new((await app.Agent("agent-1").CheckoutManyAsync(50, new() { OrderId = orderId })).ToDictionary(l => l.Input<Node>().Name));

    public static async Task SubmitAsync(this ShopApp app, params IEnumerable<WorkLease> leases) =>
        await app.Agent("agent-1").SubmitManyAsync([.. leases.Select(l => new Submission<Answer>(l, new("done")))]);

    /// <summary>Works on an order until nothing of it can be leased, and says what could be leased each time.</summary>
    public static async Task<List<string>> DrainAsync(this ShopApp app, Guid? orderId = null)
    {
        var rounds = new List<string>();
        while (await app.LeaseAllAsync(orderId) is { Count: > 0 } leases)
        {
            rounds.Add(string.Join(",", leases.Keys));
            await app.SubmitAsync(leases.Values);
        }

        return rounds;
    }

    /// <summary>The items of an order: name, state, and how many things they wait for.</summary>
    public static async Task<string> ShowAsync(this ShopApp app, Guid orderId) => string.Join(
        " ", (await app.OrderAsync(orderId)).Items.Select(i => $"{i.ReadInput<Node>().Name}={i.State}/{i.BlockedBy}{(i.ReadyAt is null ? "" : "!")}")
            .Order(StringComparer.Ordinal));

    public static async Task<Guid> ItemIdAsync(this ShopApp app, Guid orderId, string name) =>
        (await app.OrderAsync(orderId)).Items.Single(i => i.ReadInput<Node>().Name == name).Id;

    /// <summary>Which dependencies of items are met.</summary>
    public static Task<List<bool>> MetAsync(this ShopApp app) => app.ReadAsync(db =>
        db.Set<WorkItemDependency>().OrderBy(d => d.DependsOnId).ThenBy(d => d.Id).Select(d => d.MetAt != null).ToListAsync());
}
