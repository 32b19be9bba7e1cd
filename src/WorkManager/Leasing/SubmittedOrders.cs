using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>The orders that a call has submitted by ending leases, over all of its attempts. They are told after the commit.</summary>
internal sealed class SubmittedOrders
{
    private readonly HashSet<OrderSubmitted> orders = [];

    /// <summary>Forgets what an attempt has found that was rolled back. What one without an answer has found is not found again by the next.</summary>
    public void Begin(Attempt attempt)
    {
        if (!attempt.MayBeDone)
        {
            orders.Clear();
        }
    }

    public void Add(IEnumerable<OrderSubmitted> submitted) => orders.UnionWith(submitted);

    public void Tell(OperationContext context)
    {
        foreach (var order in orders)
        {
            context.Tell(order);
        }
    }
}
