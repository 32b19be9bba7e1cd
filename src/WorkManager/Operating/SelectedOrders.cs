using Microsoft.EntityFrameworkCore;
using WorkManager.Errors;
using WorkManager.Execution;

namespace WorkManager.Operating;

/// <summary>
/// Does the same to each of the orders that an operator selects. Each is a transaction of its own: what cannot be done to one is done to the others.
/// </summary>
/// <typeparam name="TRequest">What is asked for of one order.</typeparam>
/// <param name="operation">The name of the operation.</param>
/// <param name="rule">Never part of a transaction of the caller.</param>
/// <param name="one">Does it to one order.</param>
internal abstract class SelectedOrders<TRequest>(string operation, JoinRule rule, OrderVerb<TRequest> one) : IVerb<Selected<TRequest>, SelectionResult>
    where TRequest : IOrderRequest
{
    public Operation Operation { get; } = new(operation, rule);

    public async Task<SelectionResult> ExecuteAsync(OperationContext context, Selected<TRequest> request, CancellationToken cancellationToken)
    {
        var selection = request.Selection;
        Check(selection);
        one.Check(request.Request(Guid.Empty));
        var found = await FindAsync(context, selection, cancellationToken).ConfigureAwait(false);
        var (hasMore, ids) = (found.Count > selection.Limit, found.Take(selection.Limit).ToList());
        if (selection.DryRun)
        {
            return new(ids, new Dictionary<Guid, WorkManagerException>(), hasMore);
        }

        var (done, refused) = (new List<Guid>(), new Dictionary<Guid, WorkManagerException>());
        foreach (var id in ids)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await one.ExecuteAsync(context, request.Request(id), cancellationToken).ConfigureAwait(false);
                done.Add(id);
            }
            catch (WorkManagerException refusal)
            {
                refused.Add(id, refusal);
            }
        }

        return new(done, refused, hasMore);
    }

    /// <summary>The orders to which it can be done.</summary>
    protected abstract IQueryable<WorkOrder> Candidates(IQueryable<WorkOrder> orders);

    private static void Check(WorkSelection selection)
    {
        if (selection.Limit is < 1 or > WorkSelection.MaxLimit)
        {
            throw WorkValidationException.Argument("limit", ValidationCodes.OutOfRange, $"The limit must be 1 to {WorkSelection.MaxLimit}.");
        }

        if (selection.OrderIds is { Count: 0 or > WorkSelection.MaxLimit })
        {
            throw WorkValidationException.Argument(
                "order_ids", ValidationCodes.OutOfRange, $"Name 1 to {WorkSelection.MaxLimit} orders, or none at all (null) for any.");
        }

        if (selection.OlderThan < TimeSpan.Zero)
        {
            throw WorkValidationException.Argument("older_than", ValidationCodes.OutOfRange, "The age must not be negative.");
        }

        if (selection is { All: false, OrderIds: null, Type: null, State: null, OlderThan: null, TenantId: null })
        {
            throw WorkValidationException.Argument("selection", ValidationCodes.Required, "Say which orders are meant. If all are, set All.");
        }
    }

    private Task<List<Guid>> FindAsync(OperationContext context, WorkSelection selection, CancellationToken cancellationToken) => context.ReadAsync(
        rows => Candidates(Narrow(rows.Orders, selection, context.Clock.Now()))
            .OrderBy(o => o.LastTransitionedAt).ThenBy(o => o.Id)
            .Take(selection.Limit + 1).Select(o => o.Id).ToListAsync(cancellationToken),
        cancellationToken);

    private static IQueryable<WorkOrder> Narrow(IQueryable<WorkOrder> orders, WorkSelection selection, DateTimeOffset now)
    {
        if (selection.OrderIds is { } ids)
        {
            orders = orders.Where(o => ids.Contains(o.Id));
        }

        if (selection.Type is { } type)
        {
            orders = orders.OfType(type);
        }

        if (selection.State is { } state)
        {
            orders = orders.InState(state);
        }

        if (selection.OlderThan is { } age)
        {
            var since = now - age;
            orders = orders.Where(o => o.LastTransitionedAt <= since);
        }

        return selection.TenantId is { } tenant ? orders.Where(o => o.TenantId == tenant) : orders;
    }
}
