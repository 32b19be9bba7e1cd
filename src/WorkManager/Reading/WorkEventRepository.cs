using WorkManager.Execution;

namespace WorkManager.Reading;

internal sealed class WorkEventRepository(WorkReader reader, StoreDialects dialects) : IWorkEventRepository
{
    public Task<WorkPage<WorkEvent>> ListByOrderAsync(Guid orderId, int limit, string? after, CancellationToken cancellationToken) =>
        ListAsync(new EventOwner(orderId, IsItem: false), limit, after, cancellationToken);

    public Task<WorkPage<WorkEvent>> ListByItemAsync(Guid itemId, int limit, string? after, CancellationToken cancellationToken) =>
        ListAsync(new EventOwner(itemId, IsItem: true), limit, after, cancellationToken);

    private Task<WorkPage<WorkEvent>> ListAsync(EventOwner owner, int limit, string? after, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_events", c => c.ReadAsync(
            rows => WorkQueries.ListEventsAsync(rows, dialects.Sql<IReadingSql>(rows.Db), owner, limit, after, cancellationToken), cancellationToken),
            cancellationToken);
}
