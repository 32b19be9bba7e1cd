using WorkManager.Execution;

namespace WorkManager.Reading;

internal sealed class WorkItemRepository(WorkReader reader, StoreDialects dialects) : IWorkItemRepository
{
    public Task<WorkItem?> FindAsync(Guid itemId, CancellationToken cancellationToken) =>
        reader.ReadAsync(
            "get_item", c => c.ReadAsync(rows => WorkQueries.FindItemAsync(rows, itemId, cancellationToken), cancellationToken), cancellationToken);

    public Task<IReadOnlyList<WorkItem>> ListAvailableAsync(string? type, int limit, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_available", c => c.ReadAtOneMomentAsync(
            async rows => await WorkQueries.ListAvailableAsync(rows, await NowAsync(rows, c).ConfigureAwait(false), type, limit, cancellationToken)
                .ConfigureAwait(false),
            cancellationToken), cancellationToken);

    public Task<WorkPage<WorkItem>> ListByOrderAsync(Guid orderId, int limit, string? after, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_items", c => c.ReadAsync(
            rows => WorkQueries.ListItemsOfOrderAsync(rows, orderId, limit, after, cancellationToken), cancellationToken), cancellationToken);

    public Task<IReadOnlyList<WorkItem>> ListExpiredAsync(int limit, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_expired", c => c.ReadAsync(
            async rows => await WorkQueries.ListExpiredAsync(rows, await NowAsync(rows, c).ConfigureAwait(false), limit, cancellationToken)
                .ConfigureAwait(false),
            cancellationToken), cancellationToken);

    private Task<DateTimeOffset> NowAsync(WorkRows rows, OperationContext context) =>
        dialects.ReadClockAsync(rows, context.Clock);
}
