namespace WorkManager;

/// <summary>What came of a call for many leases.</summary>
/// <param name="Leases">
/// The leases that were changed; of a dry run, those that would be. What ended meanwhile is not among them, nor what needs no change.
/// </param>
/// <param name="Refused">The orders whose leases could not be changed, and why: mostly because somebody else has locked the order (<c>busy</c>).</param>
/// <param name="HasMore">Whether the selection has more leases than its limit.</param>
public sealed record LeaseSelectionResult(
    IReadOnlyList<LeaseToken> Leases, IReadOnlyDictionary<Guid, WorkManagerException> Refused, bool HasMore);
