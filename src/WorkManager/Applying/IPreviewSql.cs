using WorkManager.Execution;

namespace WorkManager.Applying;

/// <summary>The SQL of previews, where databases differ.</summary>
internal interface IPreviewSql
{
    /// <summary>
    /// Finds the other orders in review whose latest kept preview changes one of the rows: of the 1,000 that were previewed last, and in 16 MiB of what these
    /// have kept, up to 100. Each with up to 10 of the rows, and how many there are.
    /// </summary>
    /// <param name="rows">The rows of the tenant.</param>
    /// <param name="orderId">The order that is not meant.</param>
    /// <param name="names">The names of the rows.</param>
    Task<IReadOnlyList<OverlappingOrder>> FindOverlapsAsync(WorkRows rows, Guid orderId, IReadOnlyCollection<string> names);
}
