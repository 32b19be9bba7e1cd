using Microsoft.EntityFrameworkCore;
using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Selecting;

/// <summary>
/// Does the same to each of the orders that an operator selects. Each is a transaction of its own: what cannot be done to one is done to the others.
/// </summary>
/// <typeparam name="TRequest">What is asked for of one order.</typeparam>
/// <param name="operation">The name of the operation.</param>
/// <param name="rule">Never part of a transaction of the caller.</param>
/// <param name="one">Does it to one order.</param>
/// <param name="dialects">The databases.</param>
internal abstract class SelectedOrders<TRequest>(string operation, JoinRule rule, IOrderAction<TRequest> one, StoreDialects dialects)
    : IVerb<Selected<TRequest>, SelectionResult>
    where TRequest : IOrderRequest
{
    private static readonly TimeSpan LongestAge = TimeSpan.FromDays(36_500);

    public Operation Operation { get; } = new(operation, rule);

    public async Task<SelectionResult> ExecuteAsync(OperationContext context, Selected<TRequest> request, CancellationToken cancellationToken) =>
        (await RunAsync(context, request, null, cancellationToken).ConfigureAwait(false)).Result;

    /// <summary>Does it to a page of the orders.</summary>
    /// <param name="context">The operation.</param>
    /// <param name="request">The orders, and what is asked for.</param>
    /// <param name="after">Where the page before has ended; null for the first page.</param>
    /// <param name="cancellationToken">Stops before the next order.</param>
    /// <returns>What was done, and where the page ends.</returns>
    public async Task<(SelectionResult Result, Position? Last)> RunAsync(
        OperationContext context, Selected<TRequest> request, Position? after, CancellationToken cancellationToken)
    {
        var selection = request.Selection;
        Check(selection);
        one.Check(request.Request(Guid.Empty));
        var now = context.Clock.Now();
        var found = await FindAsync(context, selection, now, after, cancellationToken).ConfigureAwait(false);
        var (hasMore, page) = (found.Count > selection.Limit, found.Take(selection.Limit).ToList());
        var (done, refused) = (new List<Guid>(), new Dictionary<Guid, WorkManagerException>());
        foreach (var (_, id) in page)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                // Something may have happened to it since it was found.
                if (selection.DryRun || await one.TryAsync(context, request.Request(id), IsMeant, cancellationToken).ConfigureAwait(false))
                {
                    done.Add(id);
                }
            }
            catch (Exception failure) when (StoreRefusal.Find(failure, dialects.Of(context.Host)) is { } refusal)
            {
                refused.Add(id, refusal);
            }
        }

        return (new(done, refused, hasMore), page.Count > 0 ? page[^1] : after);

        bool IsMeant(WorkOrder order) => Candidates(Narrow(new[] { order }.AsQueryable(), selection, now)).Any();
    }

    /// <summary>The orders to which it can be done.</summary>
    protected abstract IQueryable<WorkOrder> Candidates(IQueryable<WorkOrder> orders);

    /// <summary>The orders to which it was not done yet, as far as other rows tell: when it is done, its action asks that once more.</summary>
    protected virtual IQueryable<WorkOrder> NotYet(IQueryable<WorkOrder> orders, WorkRows rows) => orders;

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

        if (selection.OlderThan < TimeSpan.Zero || selection.OlderThan > LongestAge)
        {
            throw WorkValidationException.Argument("older_than", ValidationCodes.OutOfRange, $"The age must be zero to {LongestAge.Days} days.");
        }

        if (selection is { All: false, OrderIds: null, Type: null, State: null, OlderThan: null, TenantId: null, AgentId: null })
        {
            throw WorkValidationException.Argument("selection", ValidationCodes.Required, "Say which orders are meant. If all are, set All.");
        }

        StorableText.Ensure("type", selection.Type);
        StorableText.Ensure("tenant_id", selection.TenantId);
        StorableText.Ensure("agent_id", selection.AgentId);
    }

    private Task<List<Position>> FindAsync(
        OperationContext context, WorkSelection selection, DateTimeOffset now, Position? after, CancellationToken cancellationToken) => context.ReadAsync(
        rows => Candidates(Narrow(NotYet(WorkedOnBy(selection.AgentId, rows), rows), selection, now))
            .SortOldestFirst(after is null ? null : (after.Since, after.OrderId)).Take(selection.Limit + 1)
            .Select(o => new Position(o.LastTransitionedAt, o.Id)).ToListAsync(cancellationToken),
        cancellationToken);

    // What has happened stays so: it is not asked again of an order that was found.
    private static IQueryable<WorkOrder> WorkedOnBy(string? agentId, WorkRows rows) => agentId is null
        ? rows.Orders
        : rows.Orders.Where(o => rows.Events.Any(e =>
            e.OrderId == o.Id && e.Event == WorkEventNames.Leased && e.ActorType == ActorType.Agent && e.ActorId == agentId));

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

    /// <param name="Since">When the state of an order has changed last.</param>
    /// <param name="OrderId">The order.</param>
    internal sealed record Position(DateTimeOffset? Since, Guid OrderId);
}
