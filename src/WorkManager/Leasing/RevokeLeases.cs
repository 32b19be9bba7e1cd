using WorkManager.Execution;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Leasing;

/// <summary>Takes leases away from their holders: the items join the end of the queue, and no attempt is spent.</summary>
internal sealed class RevokeLeases(StoreDialects dialects)
    : SelectedLeases<RevokeRequest>("revoke_leases", JoinRule.Refuses, "revoke leases of", WorkEventNames.Released, dialects)
{
    protected override void Check(RevokeRequest request) => StorableText.EnsureReason(request.Reason);

    protected override void Change(UnitOfWork unit, WorkOrder order, WorkItem item, RevokeRequest request, DateTimeOffset clock) =>
        unit.Queue.Revoke(order, item, clock, request.Reason);
}
