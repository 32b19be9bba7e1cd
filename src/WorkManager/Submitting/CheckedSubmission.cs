using WorkManager.OrderTypes;

namespace WorkManager.Submitting;

/// <summary>A request after its check.</summary>
/// <param name="Request">What came in.</param>
/// <param name="Item">The item as it was read for the check.</param>
/// <param name="Result">The result, if it is good.</param>
/// <param name="Refusal">Why it is not.</param>
/// <param name="IsRefusedAtOnce">Whether it is refused without a look at the stored item.</param>
internal sealed record CheckedSubmission(SubmitRequest Request, WorkItem? Item, CheckedDocument? Result, WorkManagerException? Refusal, bool IsRefusedAtOnce);
