using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.OrderTypes;
using WorkManager.OrderTypes.Json;
using WorkManager.OrderTypes.Validation;

namespace WorkManager.Submitting;

/// <param name="Lease">What the caller shows.</param>
/// <param name="Result">The result as it came in.</param>
/// <param name="Options">What else was said.</param>
/// <param name="Granted">The item as it was leased, if the caller has it: then nothing need be read for the check.</param>
internal sealed record SubmitRequest(LeaseToken Lease, JsonElement Result, SubmitOptions Options, GrantedItem? Granted = null);

/// <param name="Item">The item as it was leased.</param>
/// <param name="TraceParent">The trace that its order was proposed in.</param>
internal sealed record GrantedItem(WorkItem Item, string? TraceParent);

/// <summary>Checks results, stores them and ends their leases. The last result of an order submits the order.</summary>
internal sealed class SubmitResult(OrderTypeRegistry types, JsonDocuments documents) : IVerb<Batch<SubmitRequest>, IReadOnlyList<WorkOutcome<WorkItem>>>
{
    private const int MaxNotes = 10_000;

    public Operation Operation { get; } = new("submit", JoinRule.Joins);

    public async Task<IReadOnlyList<WorkOutcome<WorkItem>>> ExecuteAsync(OperationContext context, Batch<SubmitRequest> batch, CancellationToken cancellationToken)
    {
        var submissions = await CheckAsync(context, batch.Requests, cancellationToken).ConfigureAwait(false);
        if (submissions.TrueForAll(s => s.IsRefusedAtOnce))
        {
            return [.. submissions.Select(s => new WorkOutcome<WorkItem>(s.Refusal!))];
        }

        LeaseToken? submitted = null;
        var (outcomes, full) = await context.TransactAsync(
            async unit =>
            {
                var sql = unit.TrySql<ISubmittingSql>();
                var done = sql is not null && submissions.TrueForAll(s => s.Result is not null)
                    ? await SubmitAtOnceAsync(unit, sql, submissions, batch.Waits).ConfigureAwait(false)
                    : await SubmitAsync(unit, submissions, batch.Waits).ConfigureAwait(false);
                submitted = done.Outcomes.FirstOrDefault(o => o.Succeeded) is { Value: var item } ? new LeaseToken(item.Id, item.LeaseEpoch) : null;
                return done;
            },
            async db => submitted is { } one && await db.WorkItems.AnyAsync(
                i => i.Id == one.ItemId && i.LeaseEpoch == one.Epoch && i.SubmittedAt != null && i.SubmittedById == context.Actor.Id, CancellationToken.None)
                .ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        foreach (var order in full)
        {
            context.FollowUp(order);
        }

        return outcomes;
    }

    /// <summary>Checks what can be checked without a lock. Whether a lease has run out is decided later, by the clock that counts.</summary>
    private async Task<List<CheckedSubmission>> CheckAsync(OperationContext context, IReadOnlyList<SubmitRequest> requests, CancellationToken cancellationToken)
    {
        if (requests is [{ Granted: { } granted } request])
        {
            context.JoinTraceOf(granted.TraceParent);
            return [await CheckAsync(context, request, granted.Item.Copy(), cancellationToken).ConfigureAwait(false)];
        }

        var ids = requests.Select(r => r.Lease.ItemId).Distinct().ToList();
        var only = ids[0];
        var found = await context.ReadAsync(db =>
            // One id is no list: a list of unknown length is planned anew each time.
            (ids.Count == 1 ? db.WorkItems.Where(i => i.Id == only) : db.WorkItems.Where(i => ids.Contains(i.Id)))
            .AsNoTracking().Select(i => new { Item = i, i.Order!.TraceParent }).ToDictionaryAsync(f => f.Item.Id, cancellationToken)).ConfigureAwait(false);
        context.JoinTraceOf(found.Values.FirstOrDefault()?.TraceParent);

        var submissions = new List<CheckedSubmission>(requests.Count);
        foreach (var one in requests)
        {
            submissions.Add(await CheckAsync(context, one, found.GetValueOrDefault(one.Lease.ItemId)?.Item, cancellationToken).ConfigureAwait(false));
        }

        return submissions;
    }

    private async Task<CheckedSubmission> CheckAsync(OperationContext context, SubmitRequest request, WorkItem? item, CancellationToken cancellationToken)
    {
        if (item is not { IsLeased: true } || item.LeaseEpoch != request.Lease.Epoch || item.LeasedByAgentId != context.Actor.LeaseHolder)
        {
            return new CheckedSubmission(request, item, null, UnitOfWork.WhyLeaseIsLost(item, request.Lease, context.Actor), IsRefusedAtOnce: true);
        }

        try
        {
            CheckRemarks(request.Options);
        }
        catch (WorkManagerException refused)
        {
            return new CheckedSubmission(request, item, null, refused, IsRefusedAtOnce: true);
        }

        try
        {
            return new CheckedSubmission(request, item, await CheckResultAsync(context, item, request, cancellationToken).ConfigureAwait(false), null, IsRefusedAtOnce: false);
        }
        catch (WorkManagerException refused)
        {
            // What breaks the rules of its type is recorded at the item; what is too large is not even read.
            return new CheckedSubmission(request, item, null, refused, IsRefusedAtOnce: refused is not WorkValidationException);
        }
    }

    private void CheckRemarks(SubmitOptions remarks)
    {
        if (remarks.Notes is { Length: > MaxNotes })
        {
            throw WorkValidationException.Argument("notes", ValidationCodes.MaxLength, $"Notes may have {MaxNotes} characters.");
        }

        StorableText.Ensure("notes", remarks.Notes);
        if (remarks.Evidence is not null)
        {
            var text = remarks.Evidence.ToJsonString(documents.Strict);
            documents.EnsureSize("evidence", text);
            using var evidence = JsonDocument.Parse(text);
            StorableText.Ensure("evidence", evidence.RootElement);
        }
    }

    private async Task<CheckedDocument> CheckResultAsync(OperationContext context, WorkItem item, SubmitRequest request, CancellationToken cancellationToken)
    {
        var descriptor = types.Get(item.OrderType);
        var result = documents.Check("result", request.Result, descriptor.ResultType);
        var type = (OrderType)context.Services.GetRequiredService(descriptor.ClrType);
        var errors = await type.ValidateResultAsync(new StoredItem(item, documents.Lenient), result.Value, cancellationToken).ConfigureAwait(false);
        return errors.Count == 0 ? result : throw new WorkValidationException("result", errors);
    }

    /// <summary>
    /// Stores what holds: results, and why others were refused, for the agent may be gone when somebody asks. The orders are locked before the items,
    /// even where nothing of them changes: in a caller's transaction the locks stay, and the corrected result takes both.
    /// </summary>
    private static async Task<(IReadOnlyList<WorkOutcome<WorkItem>> Outcomes, IReadOnlyList<OrderSubmitted> Full)> SubmitAsync(
        UnitOfWork unit, List<CheckedSubmission> submissions, bool waits)
    {
        var live = submissions.Where(s => !s.IsRefusedAtOnce).Select(s => s.Request.Lease).ToList();
        var orders = await unit.LockOrdersOfItemsAsync([.. live.Select(l => l.ItemId)]).ConfigureAwait(false);
        var held = await unit.LockHeldItemsAsync(live, waits).ConfigureAwait(false);
        var touched = new HashSet<WorkOrder>();
        var outcomes = submissions.ConvertAll(submission =>
        {
            var lease = submission.Request.Lease;
            if (submission.IsRefusedAtOnce || held[lease] is not { Succeeded: true, Value: { IsLeased: true } item })
            {
                return submission.IsRefusedAtOnce ? new(submission.Refusal!) : UnitOfWork.NotHeld(held[lease], lease, unit.Actor);
            }

            if (submission.Refusal is WorkValidationException refusal)
            {
                RecordRefusal(unit, item, refusal);
                return new(refusal);
            }

            touched.Add(orders[item.OrderId]);
            return Store(unit, orders[item.OrderId], item, submission);
        });

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
        return (outcomes, full);
    }

    /// <summary>The same by the one statement that the database has for it. All results are good.</summary>
    private static async Task<(IReadOnlyList<WorkOutcome<WorkItem>> Outcomes, IReadOnlyList<OrderSubmitted> Full)> SubmitAtOnceAsync(
        UnitOfWork unit, ISubmittingSql sql, List<CheckedSubmission> submissions, bool waits)
    {
        // An item that a batch names twice is submitted by the first.
        var first = submissions.DistinctBy(s => s.Request.Lease.ItemId).ToHashSet<CheckedSubmission>(ReferenceEqualityComparer.Instance);
        var stored = (await sql.StoreAsync(unit, [.. first.Select(ToGood)], waits).ConfigureAwait(false)).ToDictionary(s => s.ItemId);
        var lost = await unit.WhyNotHeldAsync(
            [.. submissions.Where(s => !first.Contains(s) || !stored.ContainsKey(s.Request.Lease.ItemId)).Select(s => s.Request.Lease).Distinct()], waits).ConfigureAwait(false);
        var outcomes = submissions.ConvertAll(submission =>
        {
            if (!first.Contains(submission) || !stored.TryGetValue(submission.Request.Lease.ItemId, out var row))
            {
                return new WorkOutcome<WorkItem>(lost[submission.Request.Lease]);
            }

            var item = submission.Item!;
            Fill(unit, item, submission.Result!);
            item.State = ItemState.Submitted;
            item.Revision = row.Revision;
            item.UpdatedAt = unit.Now;
            return new(item);
        });
        return (outcomes, [.. stored.Values.Where(s => s.OrderState == StateNames.ToName(OrderState.Submitted)).Select(s => new OrderSubmitted(s.OrderId, s.OrderType)).Distinct()]);
    }

    private static GoodResult ToGood(CheckedSubmission submission)
    {
        var payload = EventPayload(submission.Result!, submission.Request.Options).ToJsonString(JsonSerializerOptions.Web);
        return new(submission.Request.Lease, submission.Result!.Text, submission.Result.Hash, payload, AuditTrail.Digest(payload, null, null));
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

    private static WorkOutcome<WorkItem> Store(UnitOfWork unit, WorkOrder order, WorkItem item, CheckedSubmission submission)
    {
        var (result, said) = (submission.Result!, submission.Request.Options);
        if (item.State == ItemState.Leased)
        {
            unit.Lifecycle.Move(order, item, ItemState.InProgress);
        }

        Fill(unit, item, result);
        unit.Lifecycle.Move(order, item, ItemState.Submitted, new EventDetails(EventPayload(result, said)));
        return new(item);
    }

    private static void Fill(UnitOfWork unit, WorkItem item, CheckedDocument result)
    {
        item.Result = result.Text;
        item.ResultHash = result.Hash;
        item.Error = null;
        item.SubmittedAt = unit.Now;
        item.SubmittedByType = unit.Actor.Type;
        item.SubmittedById = unit.Actor.Id;
        item.SubmittedFor = unit.Actor.Principal?.ToString();
        Lifecycle.EndLease(item);
    }

    private static JsonObject EventPayload(CheckedDocument result, SubmitOptions said) => new()
    {
        ["result"] = JsonNode.Parse(result.Text),
        ["evidence"] = said.Evidence?.DeepClone(),
        ["notes"] = said.Notes,
    };

    /// <summary>A request after its check.</summary>
    /// <param name="Request">What came in.</param>
    /// <param name="Item">The item as it was read for the check.</param>
    /// <param name="Result">The result, if it is good.</param>
    /// <param name="Refusal">Why it is not.</param>
    /// <param name="IsRefusedAtOnce">Whether it is refused without a look at the stored item.</param>
    private sealed record CheckedSubmission(SubmitRequest Request, WorkItem? Item, CheckedDocument? Result, WorkManagerException? Refusal, bool IsRefusedAtOnce);
}
