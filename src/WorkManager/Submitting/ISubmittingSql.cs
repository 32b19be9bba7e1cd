using WorkManager.Execution;

namespace WorkManager.Submitting;

/// <summary>The SQL of submitting. Orders are locked before items, and both by their ids.</summary>
internal interface ISubmittingSql
{
    /// <summary>Locks the orders of the items without changing them. Needed before a transaction stores results and records refusals.</summary>
    Task LockOrdersAsync(UnitOfWork unit, IReadOnlyList<CheckedResult> results);

    /// <summary>
    /// Stores those of the good results whose items the caller holds, ends the leases, writes the events, and rolls the orders up.
    /// </summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="results">Good results, one for each lease.</param>
    /// <param name="waits">Whether to wait for items that others have locked; else they are skipped.</param>
    Task<IReadOnlyList<StoredResult>> StoreAsync(UnitOfWork unit, IReadOnlyList<CheckedResult> results, bool waits);

    /// <summary>Records refusals at those of the items that the caller holds, and returns their leases. The orders must be locked.</summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="refused">Refused results, one for each lease.</param>
    /// <param name="waits">Whether to wait for items that others have locked; else they are skipped.</param>
    Task<IReadOnlyList<LeaseToken>> RecordRefusalsAsync(UnitOfWork unit, IReadOnlyList<CheckedResult> refused, bool waits);
}
