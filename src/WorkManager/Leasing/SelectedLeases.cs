using Microsoft.EntityFrameworkCore;
using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Leasing;

/// <summary>Does the same to each of the live leases that an operator selects. Those of one order are one transaction.</summary>
/// <typeparam name="TRequest">What an operator asks for.</typeparam>
/// <param name="operation">The name of the operation.</param>
/// <param name="rule">Never part of a transaction of the caller.</param>
/// <param name="decision">What agents may not do, for the message.</param>
/// <param name="leaves">The name of the event that each change leaves.</param>
/// <param name="dialects">The databases.</param>
internal abstract class SelectedLeases<TRequest>(string operation, JoinRule rule, string decision, string leaves, StoreDialects dialects)
    : IVerb<TRequest, LeaseSelectionResult>
    where TRequest : ISelectsLeases
{
    public Operation Operation { get; } = new(operation, rule);

    public async Task<LeaseSelectionResult> ExecuteAsync(OperationContext context, TRequest request, CancellationToken cancellationToken)
    {
        var selection = request.Selection;
        Check(selection);
        Check(request);
        var found = await FindAsync(context, selection, cancellationToken).ConfigureAwait(false);
        var (hasMore, meant) = (found.Count > selection.Limit, found.Take(selection.Limit).ToList());
        if (selection.DryRun)
        {
            return new([.. meant.Select(l => l.Token)], hasMore);
        }

        var changed = new List<LeaseToken>();
        foreach (var ofOrder in meant.GroupBy(l => l.OrderId, l => l.Token))
        {
            cancellationToken.ThrowIfCancellationRequested();
            changed.AddRange(await ChangeAsync(context, ofOrder.Key, ofOrder.ToHashSet(), request, cancellationToken).ConfigureAwait(false));
        }

        return new(changed, hasMore);
    }

    /// <summary>Checks what is asked for beside the selection.</summary>
    /// <exception cref="WorkManagerException">It breaks a rule.</exception>
    protected abstract void Check(TRequest request);

    /// <summary>Changes a lease that is still live. It leaves an event.</summary>
    protected abstract void Change(UnitOfWork unit, WorkOrder order, WorkItem item, TRequest request, DateTimeOffset clock);

    private static void Check(LeaseSelection selection)
    {
        if (selection.Limit is < 1 or > LeaseSelection.MaxLimit)
        {
            throw WorkValidationException.Argument("limit", ValidationCodes.OutOfRange, $"The limit must be 1 to {LeaseSelection.MaxLimit}.");
        }

        if (selection.SilentFor < TimeSpan.Zero)
        {
            throw WorkValidationException.Argument("silent_for", ValidationCodes.OutOfRange, "The time must not be negative.");
        }

        if (selection is { All: false, AgentId: null, OrderId: null, Type: null, TenantId: null, SilentFor: null })
        {
            throw WorkValidationException.Argument("selection", ValidationCodes.Required, "Say which leases are meant. If all are, set All.");
        }

        StorableText.Ensure("agent_id", selection.AgentId);
        StorableText.Ensure("type", selection.Type);
        StorableText.Ensure("tenant_id", selection.TenantId);
    }

    private Task<List<(Guid OrderId, LeaseToken Token)>> FindAsync(
        OperationContext context, LeaseSelection selection, CancellationToken cancellationToken) =>
        context.ReadAsync(
            async rows =>
            {
                var now = await dialects.Of(rows.Db).ReadClockAsync(rows.Db, context.Clock.Source, context.Clock.Now()).ConfigureAwait(false);
                var found = await Narrow(rows.Items, selection, now)
                    .OrderBy(i => i.LastHeartbeatAt).ThenBy(i => i.Id).Take(selection.Limit + 1)
                    .Select(i => new { i.OrderId, i.Id, i.LeaseEpoch }).ToListAsync(cancellationToken).ConfigureAwait(false);
                return found.ConvertAll(i => (i.OrderId, new LeaseToken(i.Id, i.LeaseEpoch)));
            },
            cancellationToken);

    private static IQueryable<WorkItem> Narrow(IQueryable<WorkItem> items, LeaseSelection selection, DateTimeOffset now)
    {
        // In the words of the indexes.
        items = items.Where(i => (i.State == ItemState.Leased || i.State == ItemState.InProgress) && i.LeaseExpiresAt > now);
        items = selection.AgentId is { } agent ? items.LeasedBy(agent) : items;
        items = selection.OrderId is { } order ? items.Where(i => i.OrderId == order) : items;
        items = selection.Type is { } type ? items.Where(i => i.OrderType == type) : items;
        items = selection.TenantId is { } tenant ? items.Where(i => i.TenantId == tenant) : items;
        if (selection.SilentFor is { } silence)
        {
            var since = now - silence;
            items = items.Where(i => i.LastHeartbeatAt <= since);
        }

        return items;
    }

    private Task<IReadOnlyList<LeaseToken>> ChangeAsync(
        OperationContext context, Guid orderId, HashSet<LeaseToken> meant, TRequest request, CancellationToken cancellationToken) =>
        context.WriteAsync(
            Write.Once<IReadOnlyList<LeaseToken>>(
                async unit =>
                {
                    var order = await unit.LockOrderAsync(orderId).ConfigureAwait(false);
                    DecisionRules.EnsureIsNoAgent(order, unit.Actor, decision);
                    var clock = await unit.ReadClockAsync().ConfigureAwait(false);
                    // What was leased again since, or has run out, is another lease.
                    var items = (await unit.Dialect.LockHeldItemsOfAsync(unit, orderId).ConfigureAwait(false))
                        .Where(i => i.LeaseExpiresAt > clock && meant.Contains(new(i.Id, i.LeaseEpoch))).ToList();
                    items.ForEach(i => Change(unit, order, i, request, clock));
                    IReadOnlyList<LeaseToken> changed = [.. items.Select(i => new LeaseToken(i.Id, i.LeaseEpoch))];
                    if (items.Count == 0)
                    {
                        return Ending.RollBack(changed);
                    }

                    await IdleOrders.SettleAsync(unit, [order], [.. items.Where(i => !i.IsLeased)]).ConfigureAwait(false);
                    await unit.SaveAsync().ConfigureAwait(false);
                    return Ending.Commit(changed);
                },
                (rows, _) => rows.Events.AnyAsync(
                    e => e.OrderId == orderId && e.Event == leaves && e.OperationId == context.OperationId, CancellationToken.None)),
            cancellationToken);
}
