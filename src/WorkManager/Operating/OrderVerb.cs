using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;

namespace WorkManager.Operating;

/// <summary>Something that operators do to an order.</summary>
/// <typeparam name="TRequest">What an operator asks for.</typeparam>
/// <param name="operation">The name of the operation.</param>
/// <param name="rule">Whether it can be part of a transaction of the caller.</param>
internal abstract class OrderVerb<TRequest>(string operation, JoinRule rule) : IVerb<TRequest, WorkOrder>
    where TRequest : IOrderRequest
{
    public Operation Operation { get; } = new(operation, rule);

    public Task<WorkOrder> ExecuteAsync(OperationContext context, TRequest request, CancellationToken cancellationToken)
    {
        Check(request);
        return context.WriteAsync(
            Write.Once<WorkOrder>(
                async unit =>
                {
                    var order = await unit.LockOrderAsync(request.OrderId).ConfigureAwait(false);
                    context.JoinTraceOf(order.TraceParent);
                    if (!await DoAsync(unit, order, request).ConfigureAwait(false))
                    {
                        UnitOfWork.LeaveAsTheyWere([order]);
                        return Ending.RollBack(order.Detach(withItems: false));
                    }

                    await unit.SaveAsync().ConfigureAwait(false);
                    return Ending.Commit(order.Detach(withItems: false));
                },
                // Whatever is done leaves an event of the order or of its items.
                (rows, order) => rows.Events.AnyAsync(e => e.OrderId == order.Id && e.OperationId == context.OperationId, CancellationToken.None)),
            cancellationToken);
    }

    /// <summary>Checks the request before anything is read.</summary>
    /// <exception cref="WorkManagerException">It breaks a rule.</exception>
    public virtual void Check(TRequest request)
    {
    }

    /// <summary>Does it to the order, which is locked. It leaves an event of the order or of its items.</summary>
    /// <returns>False if there is nothing to do: the order stays as it is.</returns>
    /// <exception cref="WorkManagerException">It cannot be done.</exception>
    protected abstract Task<bool> DoAsync(UnitOfWork unit, WorkOrder order, TRequest request);
}
