using WorkManager.Execution;

namespace WorkManager.Submitting;

/// <summary>The SQL of submitting.</summary>
internal interface ISubmittingSql
{
    /// <summary>
    /// Stores those of the results whose items the caller holds, ends the leases, writes the events, and rolls the orders up, as the verb does row by row.
    /// Orders are locked before items, and both by their ids.
    /// </summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="results">The results, one a lease.</param>
    /// <param name="waits">Whether to wait for items that others have locked; else they are skipped.</param>
    Task<IReadOnlyList<StoredResult>> StoreAsync(UnitOfWork unit, IReadOnlyList<GoodResult> results, bool waits);
}
