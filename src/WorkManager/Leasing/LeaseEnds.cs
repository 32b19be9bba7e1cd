using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>Ends leases without a result, for their holders: what it is to release and to fail have in common.</summary>
/// <remarks>
/// Mostly the items go back to the queue, and one command does it. If it does nothing, because the caller holds none of the leases, because others have locked
/// the items, or because an item fails for good, a transaction does it step by step.
/// </remarks>
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
        var moves = batch.Requests.Select(r => new Move(r.Lease, TryCheck(r))).ToList();
        var good = moves.FindAll(m => m.IsGood);
        if (good.Count == 0)
        {
            return moves.ConvertAll(m => new WorkOutcome<WorkItem>(m.Checked.Error!));
        }

        await JoinTraceAsync(context, good[0].Lease.ItemId, cancellationToken).ConfigureAwait(false);
        var first = good.DistinctBy(m => m.Lease).ToList();
        if (first.TrueForAll(m => MayGoOn(m.Checked.Value)) && await context.WriteByCommandAsync(
            Write.Recognizing(unit => TryPutBackAsync(unit, moves, first, batch.Waits(unit.Attempt))), cancellationToken).ConfigureAwait(false) is { } done)
        {
            return done;
        }

        var submitted = new SubmittedOrders();
        var outcomes = await context.WriteAsync(
            Write.Once<IReadOnlyList<WorkOutcome<WorkItem>>>(
                async unit => batch.End(await EndAsync(unit, moves, batch.Waits(unit.Attempt), submitted).ConfigureAwait(false)),
                (rows, outcomes) => AreEndedAsync(rows, outcomes, context.OperationId)),
            cancellationToken).ConfigureAwait(false);
        submitted.Tell(context);
        return outcomes;
    }

    /// <summary>Checks what the holder says.</summary>
    /// <exception cref="WorkManagerException">It breaks a rule.</exception>
    protected abstract TMove Check(TRequest request);

    /// <summary>Whether the item can go back to the queue, as far as the holder is concerned.</summary>
    protected abstract bool MayGoOn(TMove move);

    /// <summary>Ends leases by one command if all their items go back to the queue; else it writes nothing.</summary>
    protected abstract Task<IReadOnlyList<WorkItem>> PutBackAsync(UnitOfWork unit, IReadOnlyList<(LeaseToken Lease, TMove Move)> moves, bool waits);

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

    // Read only where somebody listens: otherwise it is a round trip for nothing.
    private static async Task JoinTraceAsync(OperationContext context, Guid itemId, CancellationToken cancellationToken)
    {
        if (context.IsTraced)
        {
            context.JoinTraceOf(await context.ReadAsync(
                rows => rows.Items.Where(i => i.Id == itemId).Select(i => i.Order!.TraceParent).FirstOrDefaultAsync(cancellationToken), cancellationToken)
                .ConfigureAwait(false));
        }
    }

    /// <summary>Puts the items back by one command.</summary>
    /// <returns>The outcomes; null if the command did nothing.</returns>
    private async Task<Ending<IReadOnlyList<WorkOutcome<WorkItem>>?>> TryPutBackAsync(UnitOfWork unit, List<Move> moves, List<Move> first, bool waits)
    {
        var items = await PutBackAsync(unit, [.. first.Select(m => (m.Lease, m.Checked.Value))], waits).ConfigureAwait(false);
        var back = items.ToDictionary(i => new LeaseToken(i.Id, i.LeaseEpoch));
        if (unit.Attempt.MayBeDone && back.Count < first.Count)
        {
            foreach (var (lease, item) in await FindOwnAsync(unit, first.ConvertAll(m => m.Lease).FindAll(l => !back.ContainsKey(l))).ConfigureAwait(false))
            {
                back.Add(lease, item);
            }
        }

        if (back.Count == 0)
        {
            return Ending.Commit<IReadOnlyList<WorkOutcome<WorkItem>>?>(null);
        }

        // A batch may name a lease twice: the first time has ended it.
        var good = moves.FindAll(m => m.IsGood);
        var lost = good.GroupBy(m => m.Lease).Where(g => g.Skip(1).Any() || !back.ContainsKey(g.Key)).Select(g => g.Key).ToList();
        var why = await unit.WhyNotHeldOrBusyAsync(lost, waits).ConfigureAwait(false);
        return Ending.Commit<IReadOnlyList<WorkOutcome<WorkItem>>?>(moves.ConvertAll(m =>
            m.Checked.Then(_ => back.Remove(m.Lease, out var item) ? new WorkOutcome<WorkItem>(item) : new(why[m.Lease]))));
    }

    // The event of this call tells. The item may have been leased again since, or its lease may have been ended by somebody else.
    private async Task<bool> AreEndedAsync(WorkRows rows, IReadOnlyList<WorkOutcome<WorkItem>> outcomes, Guid operationId) =>
        outcomes.FirstOrDefault(o => o.Succeeded) is { Value: var item } && await rows.Events.AnyAsync(
            e => e.ItemId == item.Id && e.Event == ends && e.OperationId == operationId, CancellationToken.None).ConfigureAwait(false);

    private async Task<IReadOnlyList<WorkOutcome<WorkItem>>> EndAsync(UnitOfWork unit, List<Move> moves, bool waits, SubmittedOrders submitted)
    {
        submitted.Begin(unit.Attempt);
        var good = moves.FindAll(m => m.IsGood).ConvertAll(m => m.Lease);
        var orders = await unit.LockOrdersOfItemsAsync([.. good.Select(l => l.ItemId)]).ConfigureAwait(false);
        var held = await unit.LockHeldItemsAsync(good, waits).ConfigureAwait(false);
        var clock = await unit.ReadClockAsync().ConfigureAwait(false);
        var outcomes = moves.ConvertAll(m => m.Checked.Then(move => held.Of(m.Lease).Then(item => End(item, move))));

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

    /// <summary>Gives the leases that an attempt of this call without an answer has ended the outcome that they had.</summary>
    private async Task<IReadOnlyList<WorkOutcome<WorkItem>>> RecognizeAsync(UnitOfWork unit, List<Move> moves, List<WorkOutcome<WorkItem>> outcomes)
    {
        // What this attempt has ended has such an event, too. A batch may name a lease twice: the first one ended it.
        var endedNow = outcomes.FindAll(o => o.Succeeded).ConvertAll(o => o.Value.Id);
        var lost = moves.Where((m, i) => m.IsGood && !outcomes[i].Succeeded && !endedNow.Contains(m.Lease.ItemId)).Select(m => m.Lease).Distinct();
        var own = await FindOwnAsync(unit, [.. lost]).ConfigureAwait(false);
        return [.. outcomes.Select((outcome, i) => !outcome.Succeeded && moves[i].IsGood && own.Remove(moves[i].Lease, out var item) ? new(item) : outcome)];
    }

    /// <summary>Finds what an attempt of this call without an answer has ended: it was committed while this one waited for the order.</summary>
    private async Task<Dictionary<LeaseToken, WorkItem>> FindOwnAsync(UnitOfWork unit, List<LeaseToken> lost)
    {
        var ids = lost.ConvertAll(l => (Guid?)l.ItemId);
        var ended = (await unit.Rows.Events.AsNoTracking()
            .Where(e => e.OperationId == unit.OperationId && e.Event == ends && ids.Contains(e.ItemId))
            .Select(e => new { e.ItemId, e.LeaseEpoch }).ToListAsync().ConfigureAwait(false))
            .Select(e => new LeaseToken(e.ItemId!.Value, e.LeaseEpoch!.Value)).Intersect(lost).ToList();
        var found = ended.ConvertAll(l => l.ItemId);
        var items = await unit.Rows.Items.AsNoTracking().Where(i => found.Contains(i.Id)).ToDictionaryAsync(i => i.Id).ConfigureAwait(false);
        return ended.ToDictionary(l => l, l => items[l.ItemId]);
    }

    /// <summary>A request to end a lease, and what its check said.</summary>
    private sealed record Move(LeaseToken Lease, WorkOutcome<TMove> Checked)
    {
        public bool IsGood => Checked.Succeeded;
    }
}
