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
        return WriteAsync(context, request, unit => unit.LockOrderAsync(request.OrderId), _ => true, cancellationToken);
    }

    /// <summary>Does it to an order that an operator has selected, if nobody has locked it and it is still meant.</summary>
    /// <returns>Whether it was done.</returns>
    /// <exception cref="WorkManagerException">It cannot be done, or somebody has locked the order.</exception>
    public async Task<bool> TryAsync(OperationContext context, TRequest request, Func<WorkOrder, bool> isMeant, CancellationToken cancellationToken)
    {
        var isDone = false;
        await WriteAsync(
            context, request,
            async unit => (await unit.Dialect.TryLockOrdersAsync(unit, [request.OrderId]).ConfigureAwait(false)) is [var order]
                ? order : throw WorkBusyException.OfOrder(request.OrderId),
            order => isDone = isMeant(order),
            cancellationToken).ConfigureAwait(false);
        return isDone;
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

    private Task<WorkOrder> WriteAsync(
        OperationContext context, TRequest request, Func<UnitOfWork, Task<WorkOrder>> @lock, Func<WorkOrder, bool> isMeant,
        CancellationToken cancellationToken) =>
        context.WriteAsync(
            Write.Once<WorkOrder>(
                async unit =>
                {
                    var order = await @lock(unit).ConfigureAwait(false);
                    context.JoinTraceOf(order.TraceParent);
                    if (!isMeant(order) || !await DoAsync(unit, order, request).ConfigureAwait(false))
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
