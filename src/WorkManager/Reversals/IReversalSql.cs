using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Reversals;

/// <summary>SQL for reversals.</summary>
internal interface IReversalSql
{
    /// <summary>Locks rows of the host's, so that nobody changes them between a look at them and a save.</summary>
    /// <param name="host">The host's context, in a transaction.</param>
    /// <param name="type">The entity type of the rows.</param>
    /// <param name="keys">Their primary keys. Those of rows that are not there lock nothing.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    Task LockAsync(DbContext host, IEntityType type, IReadOnlyCollection<object?[]> keys, CancellationToken cancellationToken);
}
