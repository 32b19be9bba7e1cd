using WorkManager.Execution;

namespace WorkManager.Reading;

/// <summary>Runs a query for the actor of a scope.</summary>
internal sealed class WorkReader(OperationRunner runner, IServiceProvider services)
{
    private static readonly WorkSession NoActor = new(null, null, Actor.System("reader"));

    public Task<T> ReadAsync<T>(string name, Func<OperationContext, Task<T>> query, CancellationToken cancellationToken) =>
        runner.ReadAsync(name, NoActor with { Services = services }, query, cancellationToken);
}

internal sealed class WorkOrderRepository(WorkReader reader) : IWorkOrderRepository
{
    public Task<WorkOrder?> FindAsync(Guid orderId, OrderParts include, CancellationToken cancellationToken) =>
        reader.ReadAsync("get", c => c.ReadAsync(db => WorkQueries.FindOrderAsync(db, orderId, include, cancellationToken), cancellationToken), cancellationToken);

    public Task<WorkPage<WorkOrder>> ListAsync(OrderQuery query, OrderParts include, CancellationToken cancellationToken) =>
        reader.ReadAsync("list", c => c.ReadAsync(db => WorkQueries.ListOrdersAsync(db, query, include, cancellationToken), cancellationToken), cancellationToken);
}

internal sealed class WorkItemRepository(WorkReader reader, StoreDialects dialects) : IWorkItemRepository
{
    public Task<WorkItem?> FindAsync(Guid itemId, CancellationToken cancellationToken) =>
        reader.ReadAsync("get_item", c => c.ReadAsync(db => WorkQueries.FindItemAsync(db, itemId, cancellationToken), cancellationToken), cancellationToken);

    public Task<IReadOnlyList<WorkItem>> ListAvailableAsync(string? type, int limit, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_available", c => c.ReadAsync(db => WorkQueries.ListAvailableAsync(db, type, limit, cancellationToken), cancellationToken), cancellationToken);

    public Task<WorkPage<WorkItem>> ListByOrderAsync(Guid orderId, int limit, string? after, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_items", c => c.ReadAsync(db => WorkQueries.ListItemsOfOrderAsync(db, orderId, limit, after, cancellationToken), cancellationToken), cancellationToken);

    public Task<IReadOnlyList<WorkItem>> ListExpiredAsync(int limit, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_expired", c => c.ReadAsync(async db =>
        {
            var now = await dialects.Of(db).ReadClockAsync(db, c.Clock.Source, c.Clock.Now()).ConfigureAwait(false);
            return await WorkQueries.ListExpiredAsync(db, now, limit, cancellationToken).ConfigureAwait(false);
        }, cancellationToken), cancellationToken);
}

internal sealed class WorkEventRepository(WorkReader reader) : IWorkEventRepository
{
    public Task<WorkPage<WorkEvent>> ListByOrderAsync(Guid orderId, int limit, string? after, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_events", c => c.ReadAsync(db => WorkQueries.ListEventsOfOrderAsync(db, orderId, limit, after, cancellationToken), cancellationToken), cancellationToken);

    public Task<WorkPage<WorkEvent>> ListByItemAsync(Guid itemId, int limit, string? after, CancellationToken cancellationToken) =>
        reader.ReadAsync("list_events", c => c.ReadAsync(db => WorkQueries.ListEventsOfItemAsync(db, itemId, limit, after, cancellationToken), cancellationToken), cancellationToken);
}
