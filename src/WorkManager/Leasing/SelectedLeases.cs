using Microsoft.EntityFrameworkCore;
using WorkManager.Errors;
using WorkManager.Execution;
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
    private static readonly TimeSpan LongestSilence = TimeSpan.FromDays(36_500);

    public Operation Operation { get; } = new(operation, rule);

    public async Task<LeaseSelectionResult> ExecuteAsync(OperationContext context, TRequest request, CancellationToken cancellationToken)
    {
        var selection = request.Selection;
        Check(selection);
        Check(request);
        if (context.Actor.Type == ActorType.Agent)
        {
            throw ApprovalDeniedException.ForAgents(Guid.Empty, decision);
        }

        var now = await context.ReadAsync(
            rows => dialects.ReadClockAsync(rows, context.Clock), cancellationToken).ConfigureAwait(false);
        var found = await FindAsync(context, request, now, cancellationToken).ConfigureAwait(false);
        var (hasMore, meant) = (found.Count > selection.Limit, found.Take(selection.Limit).ToList());
        var (changed, refused) = (new List<LeaseToken>(), new Dictionary<Guid, WorkManagerException>());
        foreach (var ofOrder in meant.GroupBy(l => l.OrderId, l => l.Token))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                changed.AddRange(selection.DryRun ? ofOrder
                    : await ChangeAsync(context, ofOrder.Key, ofOrder.ToHashSet(), request, now, cancellationToken).ConfigureAwait(false));
            }
            catch (Exception failure) when (StoreRefusal.Find(failure, dialects.Of(context.Host)) is { } refusal)
            {
                refused.Add(ofOrder.Key, refusal);
            }
        }

        return new(changed, refused, hasMore);
    }

    /// <summary>Checks what is asked for beside the selection.</summary>
    /// <exception cref="WorkManagerException">It breaks a rule.</exception>
    protected abstract void Check(TRequest request);

    /// <summary>The leases about which there is something to change, the most urgent first.</summary>
    protected virtual IOrderedQueryable<WorkItem> Sort(IQueryable<WorkItem> live, TRequest request, DateTimeOffset clock) =>
        live.OrderBy(i => i.LastHeartbeatAt);

    /// <summary>Changes a lease that is still live. It leaves an event.</summary>
    protected abstract void Change(UnitOfWork unit, WorkOrder order, WorkItem item, TRequest request, DateTimeOffset clock);

    private static void Check(LeaseSelection selection)
    {
        if (selection.Limit is < 1 or > LeaseSelection.MaxLimit)
        {
            throw WorkValidationException.Argument("limit", ValidationCodes.OutOfRange, $"The limit must be 1 to {LeaseSelection.MaxLimit}.");
        }

        if (selection.SilentFor < TimeSpan.Zero || selection.SilentFor > LongestSilence)
        {
            throw WorkValidationException.Argument("silent_for", ValidationCodes.OutOfRange, $"The time must be zero to {LongestSilence.Days} days.");
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
        OperationContext context, TRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        context.ReadAsync(
            async rows =>
            {
                var found = await Sort(Narrow(rows.Items, request.Selection, now), request, now).ThenBy(i => i.Id).Take(request.Selection.Limit + 1)
                    .Select(i => new { i.OrderId, i.Id, i.LeaseEpoch }).ToListAsync(cancellationToken).ConfigureAwait(false);
                return found.ConvertAll(i => (i.OrderId, new LeaseToken(i.Id, i.LeaseEpoch)));
            },
            cancellationToken);

    private static IQueryable<WorkItem> Narrow(IQueryable<WorkItem> items, LeaseSelection selection, DateTimeOffset now)
    {
        // Written as the filter of the indexes is, or the database would not use them.
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
        OperationContext context, Guid orderId, HashSet<LeaseToken> meant, TRequest request, DateTimeOffset found, CancellationToken cancellationToken) =>
        context.WriteAsync(
            Write.Once<IReadOnlyList<LeaseToken>>(
                unit => ChangeAsync(unit, orderId, meant, request, found),
                async (rows, _) => (await FindDoneAsync(rows, orderId, context.OperationId).ConfigureAwait(false)).Count > 0),
            cancellationToken);

    /// <summary>The leases that this call has changed, in an attempt whose answer was lost.</summary>
    private async Task<IReadOnlyList<LeaseToken>> FindDoneAsync(WorkRows rows, Guid orderId, Guid operationId) =>
    [
        .. (await rows.Events.Where(e => e.OrderId == orderId && e.Event == leaves && e.OperationId == operationId)
            .Select(e => new { e.ItemId, e.LeaseEpoch }).ToListAsync(CancellationToken.None).ConfigureAwait(false))
            .Select(e => new LeaseToken(e.ItemId!.Value, e.LeaseEpoch!.Value)),
    ];

    private async Task<Ending<IReadOnlyList<LeaseToken>>> ChangeAsync(
        UnitOfWork unit, Guid orderId, HashSet<LeaseToken> meant, TRequest request, DateTimeOffset found)
    {
        var order = await unit.TryLockOrderAsync(orderId).ConfigureAwait(false);
        if (unit.Attempt.MayBeDone
            && await FindDoneAsync(unit.Rows, orderId, unit.OperationId).ConfigureAwait(false) is { Count: > 0 } done)
        {
            return Ending.RollBack(done);
        }

        var held = await unit.Dialect.LockHeldItemsOfAsync(unit, orderId).ConfigureAwait(false);
        var clock = await unit.ReadClockAsync().ConfigureAwait(false);
        // What was leased again since, or has run out, is another lease; and one that has sent a heartbeat since is not silent.
        var live = held.Where(i => i.LeaseExpiresAt > clock && meant.Contains(new(i.Id, i.LeaseEpoch))
            && !(i.LastHeartbeatAt > found - request.Selection.SilentFor));
        var items = Sort(live.AsQueryable(), request, clock).ThenBy(i => i.Id).ToList();
        if (items.Count == 0)
        {
            return Ending.RollBack<IReadOnlyList<LeaseToken>>([]);
        }

        IReadOnlyList<LeaseToken> changed = [.. items.Select(i => new LeaseToken(i.Id, i.LeaseEpoch))];
        items.ForEach(i => Change(unit, order, i, request, clock));
        var ended = items.FindAll(i => !i.IsLeased);
        if (ended.Count == 0)
        {
            UnitOfWork.LeaveAsTheyWere([order]);
        }
        else
        {
            // No order is submitted by it: what was revoked is open.
            await IdleOrders.SettleAsync(unit, [order], ended).ConfigureAwait(false);
        }

        await unit.SaveAsync().ConfigureAwait(false);
        return Ending.Commit(changed);
    }
}
