namespace WorkManager;

/// <summary>What a prune has deleted; of a dry run, what it would delete.</summary>
/// <param name="Completed">How many completed orders.</param>
/// <param name="Rejected">How many rejected or cancelled orders.</param>
/// <param name="DeadLettered">How many orders that were given up.</param>
/// <param name="Refused">
/// The orders that the database kept (<c>store_refused</c>): rows of yours refer to them, or a trigger protects them. After about 1,000 of one outcome the
/// rest of it is left for the next time.
/// </param>
public sealed record PruneResult(int Completed, int Rejected, int DeadLettered, IReadOnlyDictionary<Guid, WorkManagerException> Refused);
