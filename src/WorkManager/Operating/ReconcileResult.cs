namespace WorkManager;

/// <summary>What a comparison of orders with their items has mended.</summary>
/// <param name="Compared">How many open orders were compared. Those that somebody had locked are left for the next time.</param>
/// <param name="Recounted">The orders whose counts of items were wrong.</param>
/// <param name="CaughtUp">The orders whose state was behind that of their items.</param>
/// <param name="Refused">The orders that could not be mended, and why.</param>
public sealed record ReconcileResult(
    int Compared, IReadOnlyList<Guid> Recounted, IReadOnlyList<Guid> CaughtUp, IReadOnlyDictionary<Guid, WorkManagerException> Refused);
