using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Auditing;
using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;
using WorkManager.Persistence;

namespace WorkManager.Reviewing;

/// <summary>Decides about single items of an order that waits for review.</summary>
/// <remarks>What is accepted stands in the decisions only, until the order is approved: an item that is <c>accepted</c> could not go back.</remarks>
internal sealed class DecideItems(IdGenerator ids, OrderTypeRegistry types, WorkScopes scopes, Rework rework, DeniedApprovals denied)
    : IVerb<DecideRequest, DecidedItems>
{
    private const int MaxDecisions = 10_000;

    public Operation Operation { get; } = new("decide", JoinRule.Joins);

    public async Task<DecidedItems> ExecuteAsync(OperationContext context, DecideRequest request, CancellationToken cancellationToken)
    {
        var checkedDecisions = Check(request.Decisions);
        try
        {
            DecisionRules.EnsureMayApprove(request.OrderId, context.Actor);
            return await DecideAsync(context, request, checkedDecisions, cancellationToken).ConfigureAwait(false);
        }
        catch (ApprovalDeniedException refused) when (refused.OrderId == request.OrderId)
        {
            await denied.RecordAsync(context, refused).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<DecidedItems> DecideAsync(
        OperationContext context, DecideRequest request, List<Decided> checkedDecisions, CancellationToken cancellationToken)
    {
        var terms = await ReadTermsAsync(context, request.OrderId, checkedDecisions, cancellationToken).ConfigureAwait(false);
        var childId = ids.Next();
        var decided = await context.WriteAsync(
            Write.Once<DecidedItems>(
                async unit =>
                {
                    var order = await unit.LockOrderAsync(request.OrderId).ConfigureAwait(false);
                    context.JoinTraceOf(order.TraceParent);
                    var child = await DecideAsync(unit, order, checkedDecisions, terms, childId).ConfigureAwait(false);
                    await unit.SaveAsync().ConfigureAwait(false);
                    await CloseIfNothingIsLeftAsync(unit, order, checkedDecisions).ConfigureAwait(false);
                    return Ending.Commit<DecidedItems>(new(order.Detach(withItems: false), child?.Detach(withItems: false)));
                },
                (rows, _) => rows.Events.AnyAsync(e => e.OrderId == request.OrderId && e.OperationId == context.OperationId, CancellationToken.None)),
            cancellationToken).ConfigureAwait(false);
        if (decided.Order.State.IsClosed())
        {
            context.Tell(new OrderClosed(decided.Order.Id, decided.Order.TenantId));
        }

        if (decided.ChildOrder is not null || decided.Order.State == OrderState.Queued)
        {
            context.Tell(new ItemsQueued([decided.Order.Type]));
        }

        return decided;
    }

    private static List<Decided> Check(IReadOnlyList<ItemDecision> decisions)
    {
        if (decisions.Count is 0 or > MaxDecisions)
        {
            throw Refused(decisions.Count == 0 ? ValidationCodes.MinItems : ValidationCodes.MaxItems, $"Give 1 to {MaxDecisions} decisions.");
        }

        if (decisions.Any(d => d is null))
        {
            throw Refused(ValidationCodes.Required, "A decision is missing.");
        }

        if (decisions.CountBy(d => d.ItemId).FirstOrDefault(d => d.Value > 1) is { Value: > 1 } twice)
        {
            throw Refused(ValidationCodes.Invalid, $"There are {twice.Value} decisions about the item {twice.Key}.");
        }

        return [.. decisions.Select(d => new Decided(d, d.Kind == ItemDecisionKind.Accept ? [] : Reasons.Check(d.Reasons)))];
    }

    private static WorkValidationException Refused(string code, string message) => WorkValidationException.Argument("decisions", code, message);

    /// <summary>Asks the order type, and for what is accepted the application's policies, in a scope of its own.</summary>
    private async Task<ApprovalTerms> ReadTermsAsync(
        OperationContext context, Guid orderId, List<Decided> decisions, CancellationToken cancellationToken)
    {
        var order = await context.ReadAsync(
            rows => rows.Orders.AsNoTracking().SingleOrDefaultAsync(o => o.Id == orderId, cancellationToken), cancellationToken)
            .ConfigureAwait(false) ?? throw WorkNotFoundException.Order(orderId);
        var descriptor = types.Get(order.Type);
        using var tenant = TenantFlow.Enter(TenantScope.Of(order.TenantId));
        var scope = await scopes.CreateForAsync(context.Services).ConfigureAwait(false);
        await using (scope.ConfigureAwait(false))
        {
            var policies = decisions.Exists(d => d.Kind == ItemDecisionKind.Accept) ? scope.ServiceProvider.GetServices<IApprovalPolicy>() : [];
            if (await policies.FindObjectionAsync(order, context.Actor, cancellationToken).ConfigureAwait(false) is { } objection)
            {
                throw ApprovalDeniedException.ByPolicy(orderId, objection);
            }

            return descriptor.TermsOf((OrderType)scope.ServiceProvider.GetRequiredService(descriptor.ClrType));
        }
    }

    /// <returns>The new order of the items that were returned; null if there is none.</returns>
    private async Task<WorkOrder?> DecideAsync(UnitOfWork unit, WorkOrder order, List<Decided> decisions, ApprovalTerms terms, Guid childId)
    {
        if (order.State != OrderState.Submitted)
        {
            throw Transitions.Illegal(order, "decided");
        }

        if (order.HeldAt is not null)
        {
            throw new OrderNotReadyException(order.Id, ["The order is held. Resume it first."]);
        }

        var named = await NamedItems.FindAsync(unit, order, [.. decisions.Select(d => d.ItemId)], ItemState.Submitted).ConfigureAwait(false);
        var items = named.ToDictionary(i => i.Id);
        EnsureAreAsTheyWereSeen(decisions, items);
        var returned = decisions.FindAll(d => d.Kind == ItemDecisionKind.Return);
        var again = returned.Count == 0 ? [] : await rework.WithDependentsAsync(unit, order, returned.ConvertAll(d => items[d.ItemId])).ConfigureAwait(false);
        EnsureNoneIsDecidedTwice(decisions, again);
        // What a person decides about is for people to approve from then on, also if its type approves by itself.
        order.NextApplyAt = null;
        // A decision takes the place of the one before, and what was approved with these items is not what will be applied.
        var given = await GivenApprovals.OfItems(unit.Rows.Decisions, order.Id).ToListAsync(CancellationToken.None).ConfigureAwait(false);
        GivenApprovals.Void(unit, given.Where(d => items.ContainsKey(d.ItemId!.Value)));

        await AcceptAsync(unit, order, decisions.FindAll(d => d.Kind == ItemDecisionKind.Accept), items, terms).ConfigureAwait(false);
        var rejected = decisions.FindAll(d => d.Kind == ItemDecisionKind.Reject);
        Reject(unit, order, rejected, items);
        if (rejected.Count > 0)
        {
            await GivenApprovals.VoidAsync(unit, order.Id, rejected.Select(d => d.ItemId).ToHashSet(), withEdits: true).ConfigureAwait(false);
        }

        return returned.Count == 0 ? null : await ReturnAsync(unit, order, returned, again, childId).ConfigureAwait(false);
    }

    /// <exception cref="WorkValidationException">Something is accepted or rejected that goes back with what it depends on.</exception>
    private static void EnsureNoneIsDecidedTwice(List<Decided> decisions, List<WorkItem> again)
    {
        var others = decisions.Where(d => d.Kind != ItemDecisionKind.Return).Select(d => d.ItemId).ToHashSet();
        if (again.Find(i => others.Contains(i.Id)) is { } both)
        {
            throw Refused(
                ValidationCodes.Invalid,
                $"The item {both.Id} depends on one that is returned, and goes back with it: decide nothing else about it.");
        }
    }

    private static void EnsureAreAsTheyWereSeen(List<Decided> decisions, Dictionary<Guid, WorkItem> items)
    {
        List<ReviewDifference> others =
        [
            .. from decision in decisions
               where decision.ResultHash is not null && decision.ResultHash != items[decision.ItemId].ResultHash
               select new ReviewDifference($"work_items:{decision.ItemId}", "result", decision.ResultHash, items[decision.ItemId].ResultHash),
        ];
        if (others.Count > 0)
        {
            throw StaleReviewException.Changed(others);
        }
    }

    private async Task AcceptAsync(UnitOfWork unit, WorkOrder order, List<Decided> accepted, Dictionary<Guid, WorkItem> items, ApprovalTerms terms)
    {
        var edits = GivenApprovals.EditsBy(unit.Rows.Decisions, unit.Actor).Where(d => d.OrderId == order.Id).Select(d => d.ItemId!.Value);
        var edited = accepted.Count == 0 ? [] : await edits.ToListAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var decision in accepted)
        {
            var item = items[decision.ItemId];
            var isOwnWork = ApprovalRules.EnsureMayApprove(order, [item], edited.Contains(item.Id), terms, unit.Actor);
            var row = Decide(unit, order, item, WorkDecision.Accept);
            (row.ContentHash, row.SelfApproval) = (item.ResultHash, isOwnWork);
            unit.Audit.Record(WorkEventNames.ItemApproved, item, new EventDetails(new JsonObject { ["result_hash"] = item.ResultHash }));
        }
    }

    private void Reject(UnitOfWork unit, WorkOrder order, List<Decided> rejected, Dictionary<Guid, WorkItem> items)
    {
        const string message = "Result rejected";
        foreach (var decision in rejected)
        {
            var item = items[decision.ItemId];
            item.Error = new JsonObject { ["code"] = "rejected", ["message"] = message, ["details"] = decision.Why.DeepClone() }
                .ToJsonString(JsonSerializerOptions.Web);
            unit.Lifecycle.Move(order, item, ItemState.Rejected, new EventDetails(new JsonObject { ["reasons"] = decision.Why.DeepClone() }, message));
            Decide(unit, order, item, "reject").Reasons = decision.Why.ToJsonString(JsonSerializerOptions.Web);
        }
    }

    private async Task<WorkOrder?> ReturnAsync(UnitOfWork unit, WorkOrder order, List<Decided> returned, List<WorkItem> again, Guid childId)
    {
        var items = again.ToDictionary(i => i.Id);
        foreach (var decision in returned)
        {
            Decide(unit, order, items[decision.ItemId], "return").Reasons = decision.Why.ToJsonString(JsonSerializerOptions.Web);
        }

        await OrderDependencies.EnsureNoneIsInVainAsync(unit, order).ConfigureAwait(false);
        var reasonsOf = returned.ToDictionary(d => d.ItemId, d => d.Why);
        // Of what depends on one of them, and of the order.
        var reasons = returned[0].Why;
        var ids = items.Keys.ToHashSet();
        if (types.Get(order.Type).ReturnedItems == ReturnedItems.Wait || !await StaysAnyAsync(unit, order, ids).ConfigureAwait(false))
        {
            await Rework.ReturnAsync(unit, order, again, reasonsOf, reasons).ConfigureAwait(false);
            return null;
        }

        await GivenApprovals.VoidAsync(unit, order.Id, ids, withEdits: true).ConfigureAwait(false);
        return await ChildOrder.MoveAsync(unit, order, childId, again, reasonsOf, reasons).ConfigureAwait(false);
    }

    /// <summary>Whether a result is left in the order without those that are returned.</summary>
    private static async Task<bool> StaysAnyAsync(UnitOfWork unit, WorkOrder order, HashSet<Guid> returned)
    {
        // What was rejected in this call is not saved yet.
        var results = await unit.Rows.Items.Where(i => i.OrderId == order.Id && i.State == ItemState.Submitted).ToListAsync(CancellationToken.None)
            .ConfigureAwait(false);
        return results.Exists(i => i.State == ItemState.Submitted && !returned.Contains(i.Id));
    }

    /// <summary>Closes an order of which nothing can be applied any more.</summary>
    private async Task CloseIfNothingIsLeftAsync(UnitOfWork unit, WorkOrder order, List<Decided> decisions)
    {
        var isLeft = order.State != OrderState.Submitted || decisions.TrueForAll(d => d.Kind == ItemDecisionKind.Accept)
            || await unit.Rows.Items.AnyAsync(i => i.OrderId == order.Id && i.State == ItemState.Submitted, CancellationToken.None).ConfigureAwait(false);
        if (isLeft)
        {
            return;
        }

        var reasons = decisions.Find(d => d.Kind != ItemDecisionKind.Accept)!.Why;
        await OrderClosing.CloseAsync(unit, order, ids.Next(), new Closing(
            "reject", "Order rejected: no result is left", new JsonObject { ["reasons"] = reasons.DeepClone(), ["allow_rework"] = false }, reasons))
            .ConfigureAwait(false);
    }

    private WorkDecision Decide(UnitOfWork unit, WorkOrder order, WorkItem item, string decision)
    {
        var row = unit.Decide(ids.Next(), order, decision);
        (row.ItemId, row.ItemRevision) = (item.Id, item.Revision);
        return row;
    }

    /// <summary>A decision whose reasons were checked.</summary>
    private sealed record Decided(ItemDecision Decision, JsonArray Why)
    {
        public ItemDecisionKind Kind => Decision.Kind;

        public Guid ItemId => Decision.ItemId;

        public string? ResultHash => Decision.ResultHash;
    }
}
