namespace WorkManager;

/// <summary>What came of a call for many orders.</summary>
/// <param name="OrderIds">The orders to which it was done; of a dry run, those to which it would be.</param>
/// <param name="Refused">The orders to which it could not be done, and why.</param>
/// <param name="HasMore">Whether the selection has more orders than its limit.</param>
public sealed record SelectionResult(IReadOnlyList<Guid> OrderIds, IReadOnlyDictionary<Guid, WorkManagerException> Refused, bool HasMore);
