using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;

namespace WorkManager.Submitting;

/// <summary>Stores the good results of a call, and records why others were refused, in one transaction.</summary>
internal sealed class ResultStoring
{
    private readonly List<CheckedResult> results;
    private readonly Batch<SubmitRequest> batch;

    // A lease that a batch names twice is submitted by the first good result, and keeps the last refusal.
    private readonly List<CheckedResult> good;
    private readonly List<CheckedResult> refused;
    private HashSet<OrderSubmitted> submitted = [];

    public ResultStoring(List<CheckedResult> results, Batch<SubmitRequest> batch)
    {
        this.results = results;
        this.batch = batch;
        good = [.. results.Where(r => r.IsGood).DistinctBy(r => r.Lease)];
        refused = [.. results.Where(r => !r.IsGood && !r.IsRefusedAtOnce).Reverse().DistinctBy(r => r.Lease)];
    }

    /// <summary>Whether the database does it by one command.</summary>
    public bool IsOneCommand => refused.Count == 0;

    /// <summary>The orders whose last result was stored by the last run.</summary>
    public IReadOnlyCollection<OrderSubmitted> Submitted => submitted;

    public async Task<Ending<IReadOnlyList<WorkOutcome<WorkItem>>>> RunAsync(UnitOfWork unit)
    {
        submitted = [];
        var waits = batch.Waits(unit.Attempt);
        var sql = unit.Sql<ISubmittingSql>();
        if (!IsOneCommand)
        {
            await sql.LockOrdersAsync(unit, [.. good, .. refused]).ConfigureAwait(false);
        }

        var stored = good.Count == 0 ? [] : await StoreAsync(unit, sql, waits).ConfigureAwait(false);
        var unstored = refused.FindAll(r => !stored.ContainsKey(r.Lease));
        var recorded = unstored.Count == 0 ? [] : (await sql.RecordRefusalsAsync(unit, unstored, waits).ConfigureAwait(false)).ToHashSet();
        var missing = results.Where(r => !r.IsRefusedAtOnce && !recorded.Contains(r.Lease) && stored.GetValueOrDefault(r.Lease).By != r)
            .Select(r => r.Lease).Distinct().ToList();
        var lost = await ExplainAsync(unit, missing, waits, isStored: stored.Count > 0).ConfigureAwait(false);
        return batch.End<WorkItem>(results.ConvertAll(Outcome));

        WorkOutcome<WorkItem> Outcome(CheckedResult result) => result switch
        {
            { IsRefusedAtOnce: true } => new(result.Refusal!),
            _ when stored.GetValueOrDefault(result.Lease) is { By: { } by, Item: { } item } && by == result => new(item),
            { IsGood: false } when recorded.Contains(result.Lease) => new(result.Refusal!),
            _ => new(lost[result.Lease]),
        };
    }

    private async Task<Dictionary<LeaseToken, (CheckedResult By, WorkItem Item)>> StoreAsync(UnitOfWork unit, ISubmittingSql sql, bool waits)
    {
        var rows = (await sql.StoreAsync(unit, good, waits).ConfigureAwait(false)).ToDictionary(s => new LeaseToken(s.ItemId, s.Epoch));
        var stored = new Dictionary<LeaseToken, (CheckedResult, WorkItem)>();
        foreach (var result in good)
        {
            if (rows.TryGetValue(result.Lease, out var row))
            {
                stored.Add(result.Lease, (result, ToSubmitted(unit, result, row)));
                NoteOrder(row.OrderId, row.OrderType, row.OrderState);
            }
        }

        if (unit.Attempt.MayBeDone && stored.Count < good.Count)
        {
            foreach (var (result, item) in await FindOwnAsync(unit, good.FindAll(r => !stored.ContainsKey(r.Lease))).ConfigureAwait(false))
            {
                NoteOrder(item.OrderId, item.OrderType, StateNames.ToName(item.Order!.State));
                stored.Add(result.Lease, (result, item.Detach()));
            }
        }

        return stored;
    }

    private void NoteOrder(Guid id, string type, string state)
    {
        if (state == StateNames.ToName(OrderState.Submitted))
        {
            submitted.Add(new OrderSubmitted(id, type));
        }
    }

    private static async Task<IReadOnlyDictionary<LeaseToken, WorkManagerException>> ExplainAsync(
        UnitOfWork unit, List<LeaseToken> leases, bool waits, bool isStored)
    {
        try
        {
            return await unit.WhyNotHeldAsync(leases, waits).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // What is stored is committed, and what follows from it must follow: the others are told to try again, whatever the failure is.
        catch (Exception) when (isStored && unit.Db.Database.CurrentTransaction is null)
#pragma warning restore CA1031
        {
            return leases.ToDictionary(l => l, l => (WorkManagerException)new WorkBusyException(l.ItemId));
        }
    }

    /// <summary>Finds what an attempt whose answer was lost has stored after all.</summary>
    private static async Task<List<(CheckedResult Result, WorkItem Item)>> FindOwnAsync(UnitOfWork unit, List<CheckedResult> unstored)
    {
        var ids = unstored.ConvertAll(r => r.Lease.ItemId);
        var found = await unit.Db.WorkItems.AsNoTracking().Include(i => i.Order)
            .Where(i => ids.Contains(i.Id) && i.SubmittedAt != null && i.SubmittedById == unit.Actor.Id).ToDictionaryAsync(i => i.Id).ConfigureAwait(false);
        return
        [
            .. from result in unstored
               let item = found.GetValueOrDefault(result.Lease.ItemId)
               where item?.LeaseEpoch == result.Lease.Epoch && item.ResultHash == result.Hash
               select (result, item),
        ];
    }

    /// <summary>The item as the database has it now: what the check read, and what the statement wrote.</summary>
    private static WorkItem ToSubmitted(UnitOfWork unit, CheckedResult result, StoredResult row)
    {
        var item = result.Item!;
        item.Result = result.Text;
        item.ResultHash = result.Hash;
        item.Revision = row.Revision;
        unit.Queue.ShowSubmitted(item);
        return item;
    }
}
