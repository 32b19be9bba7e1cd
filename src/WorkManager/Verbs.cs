using WorkManager.Applying;
using WorkManager.Execution;
using WorkManager.Leasing;
using WorkManager.Proposing;
using WorkManager.Reviewing;
using WorkManager.Submitting;

namespace WorkManager;

/// <summary>Everything that can be done, one object a verb.</summary>
internal sealed record Verbs(
    ProposeOrder ProposeMany, CheckoutItems CheckoutItems, Heartbeat HeartbeatMany, ReleaseLease ReleaseMany, SubmitItems SubmitMany,
    ApproveOrder Approve, RejectOrder Reject, CancelOrder Cancel, ReclaimExpired Reclaim)
{
    public Single<ProposeRequest, WorkOrder> Propose { get; } = new(ProposeMany);

    public Single<LeaseToken, DateTimeOffset> Heartbeat { get; } = new(HeartbeatMany);

    public Single<LeaseToken, WorkItem> Release { get; } = new(ReleaseMany);

    public Single<SubmitRequest, WorkItem> Submit { get; } = new(SubmitMany);
}
