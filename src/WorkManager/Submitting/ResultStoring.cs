using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;

namespace WorkManager.Submitting;

/// <summary>Stores the good results of a call, and records why others were refused, in one transaction.</summary>
internal sealed class ResultStoring
{
    private readonly List<CheckedResult> results;
    private readonly Batch<SubmitRequest> batch;

    // A batch may name a lease more than once. Its results count in their order: refusals until the first good one, which ends the lease.
    private readonly List<CheckedResult> good = [];
    private readonly Dictionary<LeaseToken, CheckedResult> refused = [];
    private readonly HashSet<CheckedResult> tooLate = [];
    private HashSet<OrderSubmitted> submitted = [];

    public ResultStoring(List<CheckedResult> results, Batch<SubmitRequest> batch)
    {
        this.results = results;
        this.batch = batch;
        var ended = new HashSet<LeaseToken>();
        foreach (var result in results.Where(r => !r.IsRefusedAtOnce))
        {
            if (ended.Contains(result.Lease))
            {
                tooLate.Add(result);
            }
            else if (result.IsGood)
            {
                good.Add(result);
                ended.Add(result.Lease);
            }
            else
            {
                refused[result.Lease] = result;
            }
        }
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
            await sql.LockOrdersAsync(unit, [.. good, .. refused.Values]).ConfigureAwait(false);
        }

        var stored = good.Count == 0 ? [] : await StoreAsync(unit, sql, waits).ConfigureAwait(false);
        var recorded = await RecordAsync(unit, sql, [.. refused.Values.Where(r => !stored.ContainsKey(r.Lease))], waits).ConfigureAwait(false);
        var missing = results.Where(r => !r.IsRefusedAtOnce && OutcomeOf(r) is null).Select(r => r.Lease).Distinct().ToList();
        var lost = await (stored.Count > 0 ? unit.WhyNotHeldOrBusyAsync(missing, waits) : unit.WhyNotHeldAsync(missing, waits)).ConfigureAwait(false);
        return batch.End<WorkItem>(results.ConvertAll(r => r.IsRefusedAtOnce ? new(r.Refusal!) : OutcomeOf(r) ?? new(lost[r.Lease])));

        WorkOutcome<WorkItem>? OutcomeOf(CheckedResult result) => result switch
        {
            _ when tooLate.Contains(result) => null,
            { IsGood: true } => stored.TryGetValue(result.Lease, out var item) ? new(item) : null,
            _ => recorded.Contains(result.Lease) || stored.ContainsKey(result.Lease) ? new(result.Refusal!) : null,
        };
    }

    private static async Task<IReadOnlySet<LeaseToken>> RecordAsync(UnitOfWork unit, ISubmittingSql sql, List<CheckedResult> refusals, bool waits) =>
        refusals.Count == 0 ? new HashSet<LeaseToken>() : (await sql.RecordRefusalsAsync(unit, refusals, waits).ConfigureAwait(false)).ToHashSet();

    private async Task<Dictionary<LeaseToken, WorkItem>> StoreAsync(UnitOfWork unit, ISubmittingSql sql, bool waits)
    {
        var rows = (await sql.StoreAsync(unit, good, waits).ConfigureAwait(false)).ToDictionary(s => new LeaseToken(s.ItemId, s.Epoch));
        var stored = new Dictionary<LeaseToken, WorkItem>();
        foreach (var result in good)
        {
            if (rows.TryGetValue(result.Lease, out var row))
            {
                stored.Add(result.Lease, ToSubmitted(unit, result, row));
                NoteOrder(row.OrderId, result.Item!.TenantId, row.OrderType, row.OrderState);
            }
        }

        if (unit.Attempt.MayBeDone && stored.Count < good.Count)
        {
            foreach (var (result, item) in await FindOwnAsync(unit, good.FindAll(r => !stored.ContainsKey(r.Lease))).ConfigureAwait(false))
            {
                NoteOrder(item.OrderId, item.TenantId, item.OrderType, StateNames.ToName(item.Order!.State));
                stored.Add(result.Lease, item.Detach());
            }
        }

        return stored;
    }

    private void NoteOrder(Guid id, string tenant, string type, string state)
    {
        if (state == StateNames.ToName(OrderState.Submitted))
        {
            submitted.Add(new OrderSubmitted(id, tenant, type));
        }
    }

    /// <summary>Finds what an attempt whose answer was lost has stored after all.</summary>
    private static async Task<List<(CheckedResult Result, WorkItem Item)>> FindOwnAsync(UnitOfWork unit, List<CheckedResult> unstored)
    {
        var ids = unstored.ConvertAll(r => r.Lease.ItemId);
        var found = await unit.Rows.Items.AsNoTracking().Include(i => i.Order)
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
        item.ResultVersion = result.TypeVersion;
        unit.Queue.ShowSubmitted(item);
        return item;
    }
}
