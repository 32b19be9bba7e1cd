using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Execution;

namespace WorkManager.Submitting;

/// <summary>Stores results as changes of rows that were read and locked: good ones, and why others were refused.</summary>
internal static class StoreRowByRow
{
    public static Task<StoredResults> RunAsync(OperationContext context, List<CheckedSubmission> submissions, bool waits, CancellationToken cancellationToken)
    {
        LeaseToken? submitted = null;
        return context.TransactAsync(
            async unit =>
            {
                var done = await StoreAsync(unit, submissions, waits).ConfigureAwait(false);
                submitted = done.Outcomes.FirstOrDefault(o => o.Succeeded) is { Value: var item } ? new LeaseToken(item.Id, item.LeaseEpoch) : null;
                return done;
            },
            async db => submitted is { } one && await db.WorkItems.AnyAsync(
                i => i.Id == one.ItemId && i.LeaseEpoch == one.Epoch && i.SubmittedAt != null && i.SubmittedById == context.Actor.Id, CancellationToken.None)
                .ConfigureAwait(false),
            cancellationToken);
    }

    /// <summary>
    /// Refusals are stored, too, for the agent may be gone when somebody asks. The orders are locked before the items, even where nothing of them changes:
    /// in a caller's transaction the locks stay, and the corrected result takes both.
    /// </summary>
    private static async Task<StoredResults> StoreAsync(UnitOfWork unit, List<CheckedSubmission> submissions, bool waits)
    {
        var live = submissions.Where(s => !s.IsRefusedAtOnce).Select(s => s.Request.Lease).ToList();
        var orders = await unit.LockOrdersOfItemsAsync([.. live.Select(l => l.ItemId)]).ConfigureAwait(false);
        var held = await unit.LockHeldItemsAsync(live, waits).ConfigureAwait(false);
        var outcomes = submissions.ConvertAll(submission => submission.IsRefusedAtOnce
            ? new WorkOutcome<WorkItem>(submission.Refusal!)
            : held.Of(submission.Request.Lease).Then(item => Store(unit, orders[item.OrderId], item, submission)));

        var touched = outcomes.Where(o => o.Succeeded).Select(o => orders[o.Value.OrderId]).Distinct().ToList();
        var full = new List<OrderSubmitted>();
        foreach (var order in touched)
        {
            unit.Lifecycle.Advance(order, OrderState.InProgress);
            if (unit.Lifecycle.Settle(order))
            {
                full.Add(new OrderSubmitted(order.Id, order.Type));
            }
        }

        UnitOfWork.LeaveAsTheyWere(orders.Values.Except(touched));
        await unit.SaveAsync().ConfigureAwait(false);
        outcomes.ForEach(o => (o.Succeeded ? o.Value : null)?.Detach());
        return new(outcomes, full);
    }

    private static WorkOutcome<WorkItem> Store(UnitOfWork unit, WorkOrder order, WorkItem item, CheckedSubmission submission)
    {
        if (submission.Refusal is WorkValidationException refusal)
        {
            RecordRefusal(unit, item, refusal);
            return new(refusal);
        }

        var (result, said) = (submission.Result!, submission.Request.Options);
        SubmittedResult.Fill(unit, item, result);
        unit.Queue.Submit(order, item, EventDetails.Of(SubmittedResult.EventPayload(result, said)));
        return new(item);
    }

    private static void RecordRefusal(UnitOfWork unit, WorkItem item, WorkValidationException refusal)
    {
        item.Error = new JsonObject
        {
            ["code"] = refusal.Code,
            ["message"] = refusal.Message,
            ["details"] = new JsonArray([.. refusal.Errors.Select(e => new JsonObject { ["field"] = e.Field, ["code"] = e.Code, ["message"] = e.Message })]),
        }.ToJsonString(JsonSerializerOptions.Web);
        item.UpdatedAt = unit.Now;
        item.Revision++;
    }
}
