using BenchmarkDotNet.Attributes;
using WorkManager.Orders;

namespace WorkManager.Benchmarks;

/// <summary>The check that every change of a state passes, and the names of states.</summary>
[MemoryDiagnoser]
public class StateChanges
{
    private readonly WorkOrder order = new() { State = OrderState.InProgress };
    private readonly WorkItem item = new() { State = ItemState.InProgress };

    [Benchmark]
    public void EnsureOrderAllowed() => Transitions.EnsureAllowed(order, OrderState.Submitted);

    [Benchmark]
    public void EnsureItemAllowed() => Transitions.EnsureAllowed(item, ItemState.Submitted);

    [Benchmark]
    public string NameOfState() => StateNames.ToName(OrderState.DeadLettered);
}
