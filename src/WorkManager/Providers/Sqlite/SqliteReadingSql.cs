using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.Reading;

namespace WorkManager.Providers.Sqlite;

/// <summary>Reading on SQLite: one writer at a time, so that events are committed in the order of their ids.</summary>
internal sealed class SqliteReadingSql : IReadingSql
{
    public Task<string?> ReadSnapshotAsync(WorkRows rows) => Task.FromResult<string?>(null);

    public async Task<IReadOnlyList<WorkEvent>> ListEventsAsync(
        WorkRows rows, EventOwner owner, EventPosition after, int limit, CancellationToken cancellationToken) =>
        await owner.Of(rows.Events).AsNoTracking().Where(e => e.Id > after.Id).OrderBy(e => e.Id).Take(limit)
            .ToListAsync(cancellationToken).ConfigureAwait(false);

    public Task<string?> FindNewsAsync(WorkRows rows, EventOwner owner, string until) => Task.FromResult<string?>(null);
}
