using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using WorkManager.Reversals;

namespace WorkManager.Providers.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteReversalSql : IReversalSql
{
    // An apply has the database to itself.
    public Task LockAsync(DbContext host, IEntityType type, IReadOnlyCollection<object?[]> keys, CancellationToken cancellationToken) => Task.CompletedTask;
}
