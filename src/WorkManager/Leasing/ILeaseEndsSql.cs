using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>The SQL by which leases end without a result, where that is simple: the items go back to the queue.</summary>
/// <remarks>
/// An item whose last attempt this was fails, and others and its order may fail with it. That is left to the caller: then nothing is written, also not for
/// the other leases of the call.
/// </remarks>
internal interface ILeaseEndsSql
{
    /// <summary>Ends leases whose holders could not do the work, writes the events, and requeues orders on which nobody works any more.</summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="failures">What went wrong, one for each lease. None of it is final.</param>
    /// <param name="retry">How long items wait if the holder does not say.</param>
    /// <param name="waits">Whether to wait for items that others have locked; else they are skipped.</param>
    /// <returns>The items, detached. Those that the caller does not hold are not among them.</returns>
    Task<IReadOnlyList<WorkItem>> FailAsync(
        UnitOfWork unit, IReadOnlyList<(LeaseToken Lease, CheckedFailure Failure)> failures, RetryOptions retry, bool waits);

    /// <summary>Ends leases whose holders give them back, writes the events, and requeues orders on which nobody works any more.</summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="releases">How, one for each lease.</param>
    /// <param name="most">How often an item can be given back without spending attempts.</param>
    /// <param name="waits">Whether to wait for items that others have locked; else they are skipped.</param>
    /// <returns>The items, detached. Those that the caller does not hold are not among them.</returns>
    Task<IReadOnlyList<WorkItem>> ReleaseAsync(
        UnitOfWork unit, IReadOnlyList<(LeaseToken Lease, ReleaseOptions Options)> releases, int most, bool waits);
}
