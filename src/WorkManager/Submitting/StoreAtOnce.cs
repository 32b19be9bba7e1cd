using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Execution;

namespace WorkManager.Submitting;

/// <summary>Stores good results by what the database has for it, which reads no row before it writes.</summary>
internal static class StoreAtOnce
{
    public static Task<StoredResults> RunAsync(
        OperationContext context, ISubmittingSql sql, List<CheckedSubmission> submissions, bool waits, CancellationToken cancellationToken)
    {
        var isAgain = false;
        return context.ExecuteAsync(
            unit =>
            {
                var mayBeDone = isAgain;
                isAgain = true;
                return StoreAsync(unit, sql, submissions, waits, mayBeDone);
            },
            cancellationToken);
    }

    private static async Task<StoredResults> StoreAsync(UnitOfWork unit, ISubmittingSql sql, List<CheckedSubmission> submissions, bool waits, bool mayBeDone)
    {
        // An item that a batch names twice is submitted by the first.
        var first = submissions.DistinctBy(s => s.Request.Lease.ItemId).ToList();
        var stored = (await sql.StoreAsync(unit, first.ConvertAll(ToGood), waits).ConfigureAwait(false)).ToDictionary(s => s.ItemId);
        var done = new Dictionary<CheckedSubmission, WorkItem>(ReferenceEqualityComparer.Instance);
        var full = new HashSet<OrderSubmitted>();
        foreach (var submission in first.Where(s => stored.ContainsKey(s.Request.Lease.ItemId)))
        {
            var row = stored[submission.Request.Lease.ItemId];
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

        var missing = submissions.Where(s => !done.ContainsKey(s)).Select(s => s.Request.Lease).Distinct();
        var lost = await unit.WhyNotHeldAsync([.. missing], waits).ConfigureAwait(false);
        return new(submissions.ConvertAll(s => done.TryGetValue(s, out var item) ? new WorkOutcome<WorkItem>(item) : new(lost[s.Request.Lease])), [.. full]);
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
        item.State = ItemState.Submitted;
        item.Revision = row.Revision;
        item.UpdatedAt = unit.Now;
        return item;
    }
}
