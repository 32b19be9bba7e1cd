using WorkManager.Execution;

namespace WorkManager.Submitting;

/// <param name="Outcomes">One for each submission.</param>
/// <param name="Full">The orders whose last result is in.</param>
internal sealed record StoredResults(IReadOnlyList<WorkOutcome<WorkItem>> Outcomes, IReadOnlyList<OrderSubmitted> Full);
