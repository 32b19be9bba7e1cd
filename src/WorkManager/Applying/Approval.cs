namespace WorkManager.Applying;

/// <summary>What came of an approval.</summary>
/// <param name="Order">The order.</param>
/// <param name="IsApplied">Whether it is applied. If not, the approval is still to be kept: others have to approve it, too, or it is applied later.</param>
/// <param name="IsOwnWork">Whether the approver submitted work of it.</param>
internal sealed record Approval(AppliedOrder Order, bool IsApplied, bool IsOwnWork)
{
    /// <summary>Whether others may wait for the order, if it is applied.</summary>
    public bool MayBeAwaited { get; init; }

    /// <summary>The order after the approval was kept, if it is not applied.</summary>
    public WorkOrder? Kept { get; init; }
}
