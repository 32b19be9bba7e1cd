using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;
using WorkManager.OrderTypes.Json;
using WorkManager.Persistence;

namespace WorkManager.Submitting;

/// <summary>Puts a reviewer's result in the place of a submitted one. It is checked like that, and whoever edits has worked on the order.</summary>
/// <remarks>What was there before, and what took its place, stand in the decisions. The item keeps the name of its agent.</remarks>
internal sealed class EditResult(ResultCheck check, OrderTypeRegistry types, IdGenerator ids, DeniedApprovals denied) : IVerb<EditRequest, WorkItem>
{
    public Operation Operation { get; } = new("edit", JoinRule.Joins);

    public async Task<WorkItem> ExecuteAsync(OperationContext context, EditRequest request, CancellationToken cancellationToken)
    {
        StorableText.EnsureReason(request.Options.Comment);
        var item = await context.ReadAsync(
            rows => rows.Items.AsNoTracking().Include(i => i.Order).SingleOrDefaultAsync(i => i.Id == request.ItemId, cancellationToken),
            cancellationToken).ConfigureAwait(false) ?? throw WorkNotFoundException.Item(request.ItemId);
        context.JoinTraceOf(item.Order!.TraceParent);
        var type = types.Get(item.OrderType);
        try
        {
            EnsureMayEdit(item.Order, type, context.Actor);
        }
        catch (ApprovalDeniedException refused)
        {
            await denied.RecordAsync(context, refused).ConfigureAwait(false);
            throw;
        }

        await context.EnsureHooksAreOnItsDatabaseAsync().ConfigureAwait(false);
        var result = await check.CheckAsync(context.For(TenantScope.Of(item.TenantId)), type, item, request.Result, cancellationToken).ConfigureAwait(false);
        var decisionId = ids.Next();
        return await context.WriteAsync(
            Write.Once<WorkItem>(
                unit => EditAsync(unit, item.OrderId, type, request, result, decisionId),
                (rows, _) => rows.Decisions.AnyAsync(d => d.Id == decisionId, CancellationToken.None)),
            cancellationToken).ConfigureAwait(false);
    }

    private static void EnsureMayEdit(WorkOrder order, OrderTypeDescriptor type, Actor actor)
    {
        DecisionRules.EnsureIsNoAgent(order, actor, "edit");
        if (type.ApproverRole is { } role && !actor.Roles.Contains(role, StringComparer.Ordinal))
        {
            throw new ApprovalDeniedException(order.Id, ApprovalDeniedReason.Role);
        }
    }

    private static async Task<Ending<WorkItem>> EditAsync(
        UnitOfWork unit, Guid orderId, OrderTypeDescriptor type, EditRequest request, CheckedDocument result, Guid decisionId)
    {
        var order = await unit.LockOrderAsync(orderId).ConfigureAwait(false);
        if (order.State != OrderState.Submitted)
        {
            throw Transitions.Illegal(order, WorkEventNames.Edited);
        }

        if (order.HeldAt is not null)
        {
            throw new OrderNotReadyException(order.Id, ["The order is held. Resume it first."]);
        }

        var item = (await NamedItems.FindAsync(unit, order, [request.ItemId], ItemState.Submitted).ConfigureAwait(false))[0];
        if (request.Options.ResultHash is { } seen && seen != item.ResultHash)
        {
            throw StaleReviewException.Changed([new ReviewDifference($"work_items:{item.Id}", "result", seen, item.ResultHash)]);
        }

        if (item.ResultHash == result.Hash)
        {
            return Ending.RollBack(item.Detach());
        }

        // What a person decides about is for people to approve from then on, and what was approved is not what will be applied.
        order.NextApplyAt = null;
        await GivenApprovals.VoidAsync(unit, order.Id, new HashSet<Guid> { item.Id }).ConfigureAwait(false);
        var decision = unit.Decide(decisionId, order, WorkDecision.Edit);
        (decision.ItemId, decision.ItemRevision, decision.Comment, decision.ContentHash) = (item.Id, item.Revision, request.Options.Comment, result.Hash);
        (decision.Baseline, decision.Changes) = (item.Result, result.Text);
        unit.Audit.Record(WorkEventNames.Edited, item, Said(item, result, request.Options.Comment));
        (item.Result, item.ResultHash, item.ResultVersion) = (result.Text, result.Hash, type.Version);
        (item.UpdatedAt, order.UpdatedAt) = (unit.Now, unit.Now);
        item.Revision++;
        await unit.SaveAsync().ConfigureAwait(false);
        return Ending.Commit(item.Detach());
    }

    private static EventDetails Said(WorkItem before, CheckedDocument after, string? comment)
    {
        var (was, now) = (JsonNode.Parse(before.Result!), JsonNode.Parse(after.Text));
        var said = new JsonObject { ["result"] = now?.DeepClone(), ["comment"] = comment };
        return new EventDetails(
            said, "Result corrected by a reviewer", was is JsonObject b && now is JsonObject a ? WorkDiff.Between(b, a) : null);
    }
}
