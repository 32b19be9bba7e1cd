using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Execution;

namespace WorkManager.Submitting;

/// <summary>Stores good results by what the database has for it: rows are not read to be written back.</summary>
internal sealed class StoreAtOnce(OperationContext context, ISubmittingSql sql, List<CheckedSubmission> submissions)
{
    // A lease that a batch names twice is submitted by the first.
    private readonly List<CheckedSubmission> first = [.. submissions.DistinctBy(s => s.Request.Lease)];

    private List<GoodResult>? good;

    // Whether there was an attempt without an answer. One that is under way may come through even after another was answered.
    private bool mayBeDone;

    public Task<StoredResults> RunAsync(bool waits, CancellationToken cancellationToken)
    {
        // Once for all attempts, and while nobody waits for the transaction to end.
        good ??= first.ConvertAll(ToGood);
        var attempts = 0;
        return context.ExecuteAsync(
            unit =>
            {
                mayBeDone |= attempts++ > 0;
                return StoreAsync(unit, good, waits);
            },
            cancellationToken,
            untilAnswered: true);
    }

    private async Task<StoredResults> StoreAsync(UnitOfWork unit, IReadOnlyList<GoodResult> good, bool waits)
    {
        var stored = (await sql.StoreAsync(unit, good, waits).ConfigureAwait(false)).ToDictionary(s => new LeaseToken(s.ItemId, s.Epoch));
        var done = new Dictionary<CheckedSubmission, WorkItem>(ReferenceEqualityComparer.Instance);
        var full = new HashSet<OrderSubmitted>();
        foreach (var submission in first.Where(s => stored.ContainsKey(s.Request.Lease)))
        {
            var row = stored[submission.Request.Lease];
            done.Add(submission, Submitted(unit, submission, row));
            if (row.OrderState == StateNames.ToName(OrderState.Submitted))
            {
                full.Add(new OrderSubmitted(row.OrderId, row.OrderType));
            }
        }

        if (mayBeDone && done.Count < first.Count)
        {
            foreach (var (submission, item) in await FindOwnAsync(unit, first.FindAll(s => !done.ContainsKey(s))).ConfigureAwait(false))
            {
                if (item.Order!.State == OrderState.Submitted)
                {
                    full.Add(new OrderSubmitted(item.OrderId, item.OrderType));
                }

                item.Detach();
                done.Add(submission, item);
            }
        }

        var missing = submissions.Where(s => !done.ContainsKey(s)).Select(s => s.Request.Lease).Distinct().ToList();
        var lost = await ExplainAsync(unit, missing, waits, isStored: done.Count > 0).ConfigureAwait(false);
        return new(submissions.ConvertAll(s => done.TryGetValue(s, out var item) ? new WorkOutcome<WorkItem>(item) : new(lost[s.Request.Lease])), [.. full]);
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
    private static async Task<List<(CheckedSubmission Submission, WorkItem Item)>> FindOwnAsync(UnitOfWork unit, List<CheckedSubmission> submissions)
    {
        var ids = submissions.ConvertAll(s => s.Request.Lease.ItemId);
        var found = await unit.Db.WorkItems.AsNoTracking().Include(i => i.Order)
            .Where(i => ids.Contains(i.Id) && i.SubmittedAt != null && i.SubmittedById == unit.Actor.Id).ToDictionaryAsync(i => i.Id).ConfigureAwait(false);
        return
        [
            .. from submission in submissions
               let item = found.GetValueOrDefault(submission.Request.Lease.ItemId)
               where item?.LeaseEpoch == submission.Request.Lease.Epoch && item.ResultHash == submission.Result!.Hash
               select (submission, item),
        ];
    }

    private static GoodResult ToGood(CheckedSubmission submission)
    {
        var payload = SubmittedResult.EventPayload(submission.Result!, submission.Request.Options);
        return new(submission.Request.Lease, submission.Result!.Text, submission.Result.Hash, payload, AuditTrail.Digest(payload, null, null));
    }

    private static WorkItem Submitted(UnitOfWork unit, CheckedSubmission submission, StoredResult row)
    {
        var item = submission.Item!;
        SubmittedResult.Fill(unit, item, submission.Result!);
        ItemQueue.EndLease(item);
        item.State = ItemState.Submitted;
        item.Revision = row.Revision;
        item.UpdatedAt = unit.Now;
        return item;
    }
}
