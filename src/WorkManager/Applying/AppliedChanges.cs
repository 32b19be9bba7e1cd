using WorkManager.Changes;

namespace WorkManager.Applying;

/// <summary>What a run of an apply has changed.</summary>
/// <param name="Diff">For the audit trail.</param>
/// <param name="Content">For a review; null if nobody reviews.</param>
/// <param name="Kept">To be put back later, as JSON; null if the order type is not reversible.</param>
internal sealed record AppliedChanges(WorkDiff Diff, ReviewedContent? Content, string? Kept);
