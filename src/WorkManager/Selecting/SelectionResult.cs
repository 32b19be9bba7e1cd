namespace WorkManager;

/// <summary>What came of a call for many orders.</summary>
/// <param name="OrderIds">The orders that were changed; of a dry run, those that would be.</param>
/// <param name="Refused">The orders that could not be changed, and why.</param>
/// <param name="HasMore">Whether the selection has more orders than its limit.</param>
public sealed record SelectionResult(IReadOnlyList<Guid> OrderIds, IReadOnlyDictionary<Guid, WorkManagerException> Refused, bool HasMore);
