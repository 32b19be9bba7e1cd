using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.Orders;

namespace WorkManager.Selecting;

/// <summary>Something that operators do to an order.</summary>
/// <typeparam name="TRequest">What an operator asks for.</typeparam>
/// <param name="operation">The name of the operation.</param>
/// <param name="rule">Whether it can be part of a transaction of the caller.</param>
internal abstract class OrderVerb<TRequest>(string operation, JoinRule rule) : IVerb<TRequest, WorkOrder>, IOrderAction<TRequest>
    where TRequest : IOrderRequest
{
    public Operation Operation { get; } = new(operation, rule);

    public async Task<WorkOrder> ExecuteAsync(OperationContext context, TRequest request, CancellationToken cancellationToken)
    {
        Check(request);
        return (await DoAndTellAsync(context, request, waits: true, _ => true, cancellationToken).ConfigureAwait(false))!;
    }

    public async Task<bool> TryAsync(OperationContext context, TRequest request, Func<WorkOrder, bool> isMeant, CancellationToken cancellationToken) =>
        await DoAndTellAsync(context, request, waits: false, isMeant, cancellationToken).ConfigureAwait(false) is not null;

    public virtual void Check(TRequest request)
    {
    }

    /// <summary>Does it to the order, which is locked. It leaves an event of the order or of its items.</summary>
    /// <returns>False if there is nothing to do: the order stays as it is.</returns>
    /// <exception cref="WorkManagerException">It cannot be done.</exception>
    protected abstract Task<bool> DoAsync(UnitOfWork unit, WorkOrder order, TRequest request);

    /// <summary>Locks the order, and does it in the same transaction.</summary>
    protected virtual Task<WorkOrder?> WriteAsync(
        OperationContext context, TRequest request, bool waits, Func<WorkOrder, bool> isMeant, CancellationToken cancellationToken) =>
        context.WriteAsync(
            Write.Once<WorkOrder?>(
                async unit =>
                {
                    var order = await (waits ? unit.LockOrderAsync(request.OrderId) : unit.TryLockOrderAsync(request.OrderId)).ConfigureAwait(false);
                    context.JoinTraceOf(order.TraceParent);
                    if (unit.Attempt.MayBeDone && await IsDoneAsync(unit.Rows, request.OrderId, unit.OperationId).ConfigureAwait(false))
                    {
                        UnitOfWork.LeaveAsTheyWere([order]);
                        return Ending.RollBack<WorkOrder?>(order.Detach(withItems: false));
                    }

                    var isStillMeant = isMeant(order);
                    if (!isStillMeant || !await DoAsync(unit, order, request).ConfigureAwait(false))
                    {
                        UnitOfWork.LeaveAsTheyWere([order]);
                        return Ending.RollBack(isStillMeant ? order.Detach(withItems: false) : null);
                    }

                    await unit.SaveAsync().ConfigureAwait(false);
                    return Ending.Commit<WorkOrder?>(order.Detach(withItems: false));
                },
                (rows, _) => IsDoneAsync(rows, request.OrderId, context.OperationId)),
            cancellationToken);

    private async Task<WorkOrder?> DoAndTellAsync(
        OperationContext context, TRequest request, bool waits, Func<WorkOrder, bool> isMeant, CancellationToken cancellationToken)
    {
        var order = await WriteAsync(context, request, waits, isMeant, cancellationToken).ConfigureAwait(false);
        if (order?.State.IsClosed() == true)
        {
            context.Tell(new OrderClosed(order.Id, order.TenantId));
        }
        else if (order is { BlockedBy: > 0 })
        {
            context.Tell(new OrdersWait([order.Id], order.TenantId));
        }
        else if (order is { HeldAt: null })
        {
            context.Tell(new ItemsQueued([order.Type]));
        }

        return order;
    }

    // Whatever is done leaves an event of the order or of its items.
    private static Task<bool> IsDoneAsync(WorkRows rows, Guid orderId, Guid operationId) =>
        rows.Events.AnyAsync(e => e.OrderId == orderId && e.OperationId == operationId, CancellationToken.None);
}
