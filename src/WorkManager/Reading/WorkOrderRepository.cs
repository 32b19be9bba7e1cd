namespace WorkManager.Reading;

internal sealed class WorkOrderRepository(WorkReader reader) : IWorkOrderRepository
{
    public Task<WorkOrder?> FindAsync(Guid orderId, OrderParts include, CancellationToken cancellationToken) =>
        reader.ReadAsync("get", c => c.ReadAsync(
            rows => WorkQueries.FindOrderAsync(rows, orderId, include, cancellationToken), cancellationToken), cancellationToken);

    public Task<WorkPage<WorkOrder>> ListAsync(OrderQuery query, OrderParts include, CancellationToken cancellationToken) =>
        reader.ReadAsync("list", c => c.ReadAsync(
            rows => WorkQueries.ListOrdersAsync(rows, query, include, cancellationToken), cancellationToken), cancellationToken);
}
