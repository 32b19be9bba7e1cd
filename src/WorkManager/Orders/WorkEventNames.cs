namespace WorkManager;

/// <summary>The values of <see cref="WorkEvent.Event"/>.</summary>
public static class WorkEventNames
{
    /// <summary>An order was proposed.</summary>
    public const string Proposed = "proposed";

    /// <summary>An order was planned into items.</summary>
    public const string Planned = "planned";

    /// <summary>The first item of an order was leased.</summary>
    public const string CheckedOut = "checked_out";

    /// <summary>A lease was granted.</summary>
    public const string Leased = "leased";

    /// <summary>A lease was extended. Recorded on request only.</summary>
    public const string Heartbeat = "heartbeat";

    /// <summary>A holder gave its lease back.</summary>
    public const string Released = "released";

    /// <summary>A holder could not do the work. The item is tried again, or fails: then <see cref="Failed"/> follows.</summary>
    public const string AttemptFailed = "attempt_failed";

    /// <summary>Work has begun.</summary>
    public const string InProgress = "in_progress";

    /// <summary>A result was submitted, or all results of an order are in.</summary>
    public const string Submitted = "submitted";

    /// <summary>An item's result was accepted.</summary>
    public const string Accepted = "accepted";

    /// <summary>Somebody wanted to approve an order who may not.</summary>
    public const string ApprovalDenied = "approval_denied";

    /// <summary>One of several people who have to approve an order has approved it.</summary>
    public const string ApprovalGiven = "approval_given";

    /// <summary>A reviewer has decided that an item's result is to be applied with its order.</summary>
    public const string ItemApproved = "item_approved";

    /// <summary>A reviewer has put a corrected result in the place of an item's.</summary>
    public const string Edited = "edited";

    /// <summary>Somebody wanted to approve what is not any more what would be applied: nothing was. Earlier approvals of it are void.</summary>
    public const string ReviewOutdated = "review_outdated";

    /// <summary>The counts of an order's items were wrong, and were mended.</summary>
    public const string Recounted = "recounted";

    /// <summary>An order was approved.</summary>
    public const string Approved = "approved";

    /// <summary>An order's change is in the host's data.</summary>
    public const string Applied = "applied";

    /// <summary>An order or item is done.</summary>
    public const string Completed = "completed";

    /// <summary>An order or item was refused.</summary>
    public const string Rejected = "rejected";

    /// <summary>A lease ran out.</summary>
    public const string LeaseExpired = "lease_expired";

    /// <summary>An order, item or apply failed.</summary>
    public const string Failed = "failed";

    /// <summary>An order or item was given up.</summary>
    public const string DeadLettered = "dead_lettered";

    /// <summary>An order or item went back to the queue.</summary>
    public const string Requeued = "requeued";

    /// <summary>An order was held: nobody can work on it or approve it.</summary>
    public const string Held = "held";

    /// <summary>An order that was held goes on.</summary>
    public const string Resumed = "resumed";

    /// <summary>The priority or the due time of an order was changed.</summary>
    public const string Rescheduled = "rescheduled";

    /// <summary>An order does not wait any more for one or more of the orders that it waited for.</summary>
    public const string DependencyMet = "dependency_met";
}
