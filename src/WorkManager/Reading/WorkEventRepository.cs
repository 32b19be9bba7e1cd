namespace WorkManager.Reading;

internal sealed class WorkEventRepository(WorkReader reader) : IWorkEventRepository
{
    public Task<WorkPage<WorkEvent>> ListByOrderAsync(Guid orderId, int limit, string? after, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_events", c => c.ReadAsync(
            rows => WorkQueries.ListEventsOfOrderAsync(rows, orderId, limit, after, cancellationToken), cancellationToken), cancellationToken);

    public Task<WorkPage<WorkEvent>> ListByItemAsync(Guid itemId, int limit, string? after, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_events", c => c.ReadAsync(
            rows => WorkQueries.ListEventsOfItemAsync(rows, itemId, limit, after, cancellationToken), cancellationToken), cancellationToken);
}
