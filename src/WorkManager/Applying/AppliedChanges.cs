using WorkManager.Changes;

namespace WorkManager.Applying;

/// <summary>What a run of an apply has changed.</summary>
/// <param name="Diff">For the audit trail.</param>
/// <param name="Content">For a review; null if nobody reviews.</param>
internal sealed record AppliedChanges(WorkDiff Diff, ReviewedContent? Content);
