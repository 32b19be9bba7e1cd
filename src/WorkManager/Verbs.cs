using WorkManager.Applying;
using WorkManager.Leasing;
using WorkManager.Operating;
using WorkManager.Proposing;
using WorkManager.Reviewing;
using WorkManager.Submitting;

namespace WorkManager;

/// <summary>Everything that can be done, one object per verb.</summary>
internal sealed record Verbs(
    ProposeOrder Propose, CloneOrder CloneGivenUp, CloneSelected CloneSelected, ProposeReversal ProposeReversal, CheckoutItems Checkout,
    Heartbeat Heartbeat, ReleaseLease Release, FailItem Fail, SubmitItems Submit, EditResult Edit, PreviewOrder Preview, ApproveOrder Approve,
    ApproveDue ApproveDue, RejectOrder Reject, DecideItems Decide, TakeReview TakeReview, SkipReview SkipReview, ReturnForRework Rework,
    ReworkSelected ReworkSelected, CancelOrder Cancel, RetryOrder Retry, RetrySelected RetrySelected, DeadLetterOrder DeadLetter,
    DeadLetterSelected DeadLetterSelected, DeadLetterDue DeadLetterDue,
    HoldOrder Hold, HoldSelected HoldSelected, ResumeOrder Resume, ResumeSelected ResumeSelected, PauseType PauseType, ResumeType ResumeType,
    RescheduleOrder Reschedule, FindStale FindStale, GenerateOrders Generate, RevokeLeases RevokeLeases, ExtendLeases ExtendLeases,
    ReclaimExpired Reclaim, ReconcileOrders Reconcile, PruneOrders Prune, PurgeKeys PurgeKeys, SettleDependencies SettleDependencies,
    ReadQueue ReadQueue);
