using WorkManager.Execution;

namespace WorkManager.Reading;

internal sealed class WorkItemRepository(WorkReader reader, StoreDialects dialects) : IWorkItemRepository
{
    public Task<WorkItem?> FindAsync(Guid itemId, CancellationToken cancellationToken) =>
        reader.ReadAsync(
            "get_item", c => c.ReadAsync(rows => WorkQueries.FindItemAsync(rows, itemId, cancellationToken), cancellationToken), cancellationToken);

    public Task<IReadOnlyList<WorkItem>> ListAvailableAsync(string? type, int limit, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_available", c => c.ReadAsync(
            rows => WorkQueries.ListAvailableAsync(rows, type, limit, cancellationToken), cancellationToken), cancellationToken);

    public Task<WorkPage<WorkItem>> ListByOrderAsync(Guid orderId, int limit, string? after, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_items", c => c.ReadAsync(
            rows => WorkQueries.ListItemsOfOrderAsync(rows, orderId, limit, after, cancellationToken), cancellationToken), cancellationToken);

    public Task<IReadOnlyList<WorkItem>> ListExpiredAsync(int limit, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_expired", c => c.ReadAsync(async rows =>
        {
            var now = await dialects.Of(rows.Db).ReadClockAsync(rows.Db, c.Clock.Source, c.Clock.Now()).ConfigureAwait(false);
            return await WorkQueries.ListExpiredAsync(rows, now, limit, cancellationToken).ConfigureAwait(false);
        }, cancellationToken), cancellationToken);
}
