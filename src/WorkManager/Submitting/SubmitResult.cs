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
internal sealed record SubmitRequest(LeaseToken Lease, JsonElement Result, SubmitOptions Options);

/// <summary>Checks a result, stores it and ends the lease. The last result of an order submits the order.</summary>
internal sealed class SubmitResult(OrderTypeRegistry types, JsonDocuments documents) : IVerb<SubmitRequest, WorkItem>
{
    private const int MaxNotes = 10_000;

    public Operation Operation { get; } = new("submit", JoinRule.Joins);

    public async Task<WorkItem> ExecuteAsync(OperationContext context, SubmitRequest request, CancellationToken cancellationToken)
    {
        var item = await ReadHeldItemAsync(context, request.Lease, cancellationToken).ConfigureAwait(false);
        CheckRemarks(request.Options);
        var result = await CheckResultAsync(context, item, request, cancellationToken).ConfigureAwait(false);
        var (submitted, isLast) = await context.TransactAsync(
            unit => SubmitAsync(unit, item.OrderId, request, result),
            db => db.WorkItems.AnyAsync(
                i => i.Id == item.Id && i.LeaseEpoch == request.Lease.Epoch && i.SubmittedAt != null && i.SubmittedById == context.Actor.Id, CancellationToken.None),
            cancellationToken).ConfigureAwait(false);
        if (isLast)
        {
            context.FollowUp(new OrderSubmitted(submitted.OrderId, submitted.OrderType));
        }

        return submitted;
    }

    /// <summary>Reads what the check needs. Whether the lease has run out is decided later, under lock and by the clock that counts.</summary>
    private static async Task<WorkItem> ReadHeldItemAsync(OperationContext context, LeaseToken lease, CancellationToken cancellationToken)
    {
        var found = await context.ReadAsync(db =>
            db.WorkItems.AsNoTracking().Where(i => i.Id == lease.ItemId).Select(i => new { Item = i, i.Order!.TraceParent }).SingleOrDefaultAsync(cancellationToken))
            .ConfigureAwait(false) ?? throw WorkNotFoundException.Item(lease.ItemId);
        context.JoinTraceOf(found.TraceParent);
        var item = found.Item;
        return item.IsLeased && item.LeaseEpoch == lease.Epoch && item.LeasedByAgentId == context.Actor.LeaseHolder
            ? item
            : throw UnitOfWork.WhyLeaseIsLost(item, lease, context.Actor);
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

    /// <summary>A refused result is recorded at the item, in a transaction of its own or the caller's: the agent may be gone when somebody asks why.</summary>
    private async Task<CheckedDocument> CheckResultAsync(OperationContext context, WorkItem item, SubmitRequest request, CancellationToken cancellationToken)
    {
        var descriptor = types.Get(item.OrderType);
        try
        {
            var result = documents.Check("result", request.Result, descriptor.ResultType);
            var type = (OrderType)context.Services.GetRequiredService(descriptor.ClrType);
            var errors = await type.ValidateResultAsync(new StoredItem(item, documents.Lenient), result.Value, cancellationToken).ConfigureAwait(false);
            return errors.Count == 0 ? result : throw new WorkValidationException("result", errors);
        }
        catch (WorkValidationException refused)
        {
            await context.TransactAsync(unit => RecordErrorAsync(unit, request.Lease, refused), _ => Task.FromResult(false), cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<bool> RecordErrorAsync(UnitOfWork unit, LeaseToken lease, WorkValidationException refused)
    {
        // The order first, although nothing of it changes: in a caller's transaction these locks stay, and the corrected result takes both.
        var order = await unit.LockOrderOfItemAsync(lease.ItemId).ConfigureAwait(false);
        order.Revision--;
        var item = await unit.LockHeldItemAsync(lease).ConfigureAwait(false);
        item.Error = new JsonObject
        {
            ["code"] = refused.Code,
            ["message"] = refused.Message,
            ["details"] = new JsonArray([.. refused.Errors.Select(e => new JsonObject { ["field"] = e.Field, ["code"] = e.Code, ["message"] = e.Message })]),
        }.ToJsonString(JsonSerializerOptions.Web);
        item.UpdatedAt = unit.Now;
        item.Revision++;
        await unit.SaveAsync().ConfigureAwait(false);
        return true;
    }

    private static async Task<(WorkItem Item, bool IsLast)> SubmitAsync(UnitOfWork unit, Guid orderId, SubmitRequest request, CheckedDocument result)
    {
        var order = await unit.LockOrderAsync(orderId).ConfigureAwait(false);
        var item = await unit.LockHeldItemAsync(request.Lease).ConfigureAwait(false);
        if (item.State == ItemState.Leased)
        {
            unit.Lifecycle.Move(order, item, ItemState.InProgress);
        }

        item.Result = result.Text;
        item.ResultHash = result.Hash;
        item.Error = null;
        item.SubmittedAt = unit.Now;
        item.SubmittedByType = unit.Actor.Type;
        item.SubmittedById = unit.Actor.Id;
        item.SubmittedFor = unit.Actor.Principal?.ToString();
        Lifecycle.EndLease(item);
        unit.Lifecycle.Move(order, item, ItemState.Submitted, new EventDetails(new JsonObject
        {
            ["result"] = JsonNode.Parse(result.Text),
            ["evidence"] = request.Options.Evidence?.DeepClone(),
            ["notes"] = request.Options.Notes,
        }));
        unit.Lifecycle.Advance(order, OrderState.InProgress);
        unit.Lifecycle.Settle(order);
        await unit.SaveAsync().ConfigureAwait(false);
        return (item.Detach(), order.State == OrderState.Submitted);
    }
}
