using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>Ends leases without a result, for their holders: what it is to release and to fail have in common.</summary>
/// <typeparam name="TRequest">What a holder asks for.</typeparam>
/// <typeparam name="TMove">The request after its check.</typeparam>
/// <param name="operation">The name of the operation.</param>
/// <param name="rule">Whether it can be part of a transaction of the caller.</param>
/// <param name="ends">The name of the event that each end leaves.</param>
internal abstract class LeaseEnds<TRequest, TMove>(string operation, JoinRule rule, string ends) : IVerb<Batch<TRequest>, IReadOnlyList<WorkOutcome<WorkItem>>>
    where TRequest : IEndOfLease
{
    public Operation Operation { get; } = new(operation, rule);

    public async Task<IReadOnlyList<WorkOutcome<WorkItem>>> ExecuteAsync(
        OperationContext context, Batch<TRequest> batch, CancellationToken cancellationToken)
    {
        // Once for all attempts: what is refused is refused before a transaction begins.
        var moves = batch.Requests.Select(r => (r.Lease, Move: TryCheck(r))).ToList();
        var submitted = new SubmittedOrders();
        var outcomes = await context.WriteAsync(
            Write.Once<IReadOnlyList<WorkOutcome<WorkItem>>>(
                async unit => batch.End(await EndAsync(context, unit, moves, batch.Waits(unit.Attempt), submitted).ConfigureAwait(false)),
                (rows, outcomes) => AreEndedAsync(rows, outcomes, context.OperationId)),
            cancellationToken).ConfigureAwait(false);
        submitted.Tell(context);
        return outcomes;
    }

    /// <summary>Checks what the holder says.</summary>
    /// <exception cref="WorkManagerException">It breaks a rule.</exception>
    protected abstract TMove Check(TRequest request);

    /// <summary>Ends the lease of an item that the caller holds.</summary>
    protected abstract void End(UnitOfWork unit, WorkOrder order, WorkItem item, TMove move, DateTimeOffset clock);

    private WorkOutcome<TMove> TryCheck(TRequest request)
    {
        try
        {
            return new(Check(request));
        }
        catch (WorkManagerException refused)
        {
            return new(refused);
        }
    }

    // The event of this call tells. The item may have been leased again since, or its lease may have been ended by somebody else.
    private async Task<bool> AreEndedAsync(WorkRows rows, IReadOnlyList<WorkOutcome<WorkItem>> outcomes, Guid operationId) =>
        outcomes.FirstOrDefault(o => o.Succeeded) is { Value: var item } && await rows.Events.AnyAsync(
            e => e.ItemId == item.Id && e.Event == ends && e.OperationId == operationId, CancellationToken.None).ConfigureAwait(false);

    private async Task<IReadOnlyList<WorkOutcome<WorkItem>>> EndAsync(
        OperationContext context, UnitOfWork unit, List<(LeaseToken Lease, WorkOutcome<TMove> Move)> moves, bool waits, SubmittedOrders submitted)
    {
        submitted.Begin(unit.Attempt);
        var good = moves.FindAll(m => m.Move.Succeeded).ConvertAll(m => m.Lease);
        if (good.Count == 0)
        {
            return [.. moves.Select(m => new WorkOutcome<WorkItem>(m.Move.Error!))];
        }

        var orders = await unit.LockOrdersOfItemsAsync([.. good.Select(l => l.ItemId)]).ConfigureAwait(false);
        context.JoinTraceOf(orders.Values.FirstOrDefault()?.TraceParent);
        var held = await unit.LockHeldItemsAsync(good, waits).ConfigureAwait(false);
        var clock = await unit.ReadClockAsync().ConfigureAwait(false);
        var outcomes = moves.ConvertAll(m => m.Move.Then(move => held.Of(m.Lease).Then(item => End(item, move))));

        var ended = outcomes.FindAll(o => o.Succeeded).ConvertAll(o => o.Value);
        var touched = ended.Select(i => orders[i.OrderId]).Distinct().ToList();
        UnitOfWork.LeaveAsTheyWere(orders.Values.Except(touched));
        submitted.Add(await IdleOrders.SettleAsync(unit, touched, ended).ConfigureAwait(false));
        await unit.SaveAsync().ConfigureAwait(false);
        ended.ForEach(i => i.Detach());
        return unit.Attempt.MayBeDone ? await RecognizeAsync(unit, moves, outcomes).ConfigureAwait(false) : outcomes;

        WorkOutcome<WorkItem> End(WorkItem item, TMove move)
        {
            this.End(unit, orders[item.OrderId], item, move, clock);
            return new(item);
        }
    }

    /// <summary>Finds what an attempt of this call without an answer has ended: it was committed while this one waited for the order.</summary>
    private async Task<IReadOnlyList<WorkOutcome<WorkItem>>> RecognizeAsync(
        UnitOfWork unit, List<(LeaseToken Lease, WorkOutcome<TMove> Move)> moves, List<WorkOutcome<WorkItem>> outcomes)
    {
        // What this attempt has ended has such an event, too. A batch may name a lease twice: the first one ended it.
        var endedNow = outcomes.FindAll(o => o.Succeeded).ConvertAll(o => o.Value.Id);
        var lost = moves.Where((m, i) => m.Move.Succeeded && !outcomes[i].Succeeded).Select(m => (Guid?)m.Lease.ItemId).ToList();
        var leases = (await unit.Rows.Events.AsNoTracking()
            .Where(e => e.OperationId == unit.OperationId && e.Event == ends && lost.Contains(e.ItemId) && !endedNow.Contains(e.ItemId!.Value))
            .Select(e => new { e.ItemId, e.LeaseEpoch }).ToListAsync().ConfigureAwait(false))
            .Select(e => new LeaseToken(e.ItemId!.Value, e.LeaseEpoch!.Value)).ToHashSet();
        var ids = leases.Select(l => l.ItemId).ToList();
        var items = await unit.Rows.Items.AsNoTracking().Where(i => ids.Contains(i.Id)).ToDictionaryAsync(i => i.Id).ConfigureAwait(false);
        return
        [
            .. outcomes.Select((outcome, i) =>
                !outcome.Succeeded && moves[i].Move.Succeeded && leases.Remove(moves[i].Lease) ? new(items[moves[i].Lease.ItemId]) : outcome),
        ];
    }
}
