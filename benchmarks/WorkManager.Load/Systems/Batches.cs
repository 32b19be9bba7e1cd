using WorkManager.Load.Measuring;

namespace WorkManager.Load.Systems;

/// <summary>The library's calls for many at once, in one place.</summary>
internal static class Batches
{
    public static async Task ProposeAsync(IWorkOrderManager requester, IReadOnlyCollection<LoadOrder> orders)
    {
        foreach (var order in orders)
        {
            await requester.ProposeAsync(order);
        }
    }

    public static async Task SubmitAsync(IWorkOrderManager agent, IReadOnlyCollection<WorkLease> leases, LoadResult result)
    {
        foreach (var lease in leases)
        {
            await Deadlocks.RetryAsync(() => agent.SubmitAsync(lease, result));
        }
    }

    public static async Task HeartbeatAsync(IWorkOrderManager agent, IReadOnlyCollection<WorkLease> leases)
    {
        foreach (var lease in leases)
        {
            await agent.HeartbeatAsync(lease);
        }
    }
}
