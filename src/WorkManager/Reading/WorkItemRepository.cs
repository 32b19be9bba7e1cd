using WorkManager.Execution;

namespace WorkManager.Reading;

internal sealed class WorkItemRepository(WorkReader reader, StoreDialects dialects) : IWorkItemRepository
{
    public Task<WorkItem?> FindAsync(Guid itemId, CancellationToken cancellationToken) =>
        reader.ReadAsync("get_item", c => c.ReadAsync(db => WorkQueries.FindItemAsync(db, itemId, cancellationToken), cancellationToken), cancellationToken);

    public Task<IReadOnlyList<WorkItem>> ListAvailableAsync(string? type, int limit, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_available", c => c.ReadAsync(
            db => WorkQueries.ListAvailableAsync(db, type, limit, cancellationToken), cancellationToken), cancellationToken);

    public Task<WorkPage<WorkItem>> ListByOrderAsync(Guid orderId, int limit, string? after, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_items", c => c.ReadAsync(
            db => WorkQueries.ListItemsOfOrderAsync(db, orderId, limit, after, cancellationToken), cancellationToken), cancellationToken);

    public Task<IReadOnlyList<WorkItem>> ListExpiredAsync(int limit, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_expired", c => c.ReadAsync(async db =>
        {
            var now = await dialects.Of(db).ReadClockAsync(db, c.Clock.Source, c.Clock.Now()).ConfigureAwait(false);
            return await WorkQueries.ListExpiredAsync(db, now, limit, cancellationToken).ConfigureAwait(false);
        }, cancellationToken), cancellationToken);
}
