using WorkManager.Execution;
namespace WorkManager.Reading;

internal sealed class WorkOrderRepository(WorkReader reader) : IWorkOrderRepository
{
    public Task<WorkOrder?> FindAsync(Guid orderId, OrderParts include, CancellationToken cancellationToken) =>
        reader.ReadAsync("get", c => ReadAsync(
            c, include, rows => WorkQueries.FindOrderAsync(rows, orderId, include, cancellationToken), cancellationToken), cancellationToken);

    public Task<WorkPage<WorkOrder>> ListAsync(OrderQuery query, OrderParts include, CancellationToken cancellationToken) =>
        reader.ReadAsync("list", c => ReadAsync(
            c, include, rows => WorkQueries.ListOrdersAsync(rows, query, include, cancellationToken), cancellationToken), cancellationToken);

    // Each part is a statement of its own.
    private static Task<T> ReadAsync<T>(OperationContext context, OrderParts include, Func<WorkRows, Task<T>> query, CancellationToken cancellationToken) =>
        include == OrderParts.None ? context.ReadAsync(query, cancellationToken) : context.ReadAtOneMomentAsync(query, cancellationToken);
}
