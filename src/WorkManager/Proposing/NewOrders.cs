using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;

namespace WorkManager.Proposing;

/// <summary>Stores planned orders with their items, all in one transaction.</summary>
internal sealed class NewOrders(RetryOptions retry)
{
    // More than that, with what tells of them, may be too much for one command.
    private const int MostCharactersOfOneCommand = 1024 * 1024;
    private const int CharactersOfAnId = 40;

    /// <summary>Stores the plans, and keeps the outcomes of those that were refused before.</summary>
    /// <param name="context">The operation.</param>
    /// <param name="plans">The plans.</param>
    /// <param name="cancellationToken">Cancels waiting for the transaction.</param>
    /// <param name="storesIf">What must be so in the transaction; null if nothing must.</param>
    /// <param name="andThen">What becomes of an order that was stored, in the same transaction; null for nothing.</param>
    /// <returns>One outcome per plan; none at all if it is not so.</returns>
    public async Task<IReadOnlyList<WorkOutcome<WorkOrder>>> StoreAsync(
        OperationContext context, IReadOnlyList<WorkOutcome<OrderPlan>> plans, CancellationToken cancellationToken,
        Func<UnitOfWork, Task<bool>>? storesIf = null, Action<UnitOfWork, WorkOrder>? andThen = null)
    {
        var ids = plans.Where(p => p.Succeeded).Select(p => p.Value.OrderId).ToHashSet();
        if (ids.Count == 0)
        {
            return [.. plans.Select(p => new WorkOutcome<WorkOrder>(p.Error!))];
        }

        var write = Write.Once<IReadOnlyList<WorkOutcome<WorkOrder>>>(
            async unit => storesIf is null || await storesIf(unit).ConfigureAwait(false)
                ? End(await StoreAsync(unit, plans, context.TraceParent, andThen).ConfigureAwait(false))
                : Ending.RollBack<IReadOnlyList<WorkOutcome<WorkOrder>>>([]),
            // If it stored no order, there is nothing that must not be done again.
            async (rows, outcomes) => outcomes.FirstOrDefault(o => o.Succeeded && ids.Contains(o.Value.Id)) is { Value: var stored }
                && await IsStoredAsync(rows, stored).ConfigureAwait(false)
                && await CompleteAsync(rows, outcomes, stored).ConfigureAwait(false));
        var outcomes = await (storesIf is null && andThen is null && IsOneCommand(plans)
            ? context.WriteByCommandAsync(write, cancellationToken)
            : context.WriteAsync(write, cancellationToken)).ConfigureAwait(false);
        List<Guid> waiting = [.. outcomes.Where(o => o.Succeeded && o.Value.BlockedBy > 0).Select(o => o.Value.Id)];
        if (waiting.Count > 0)
        {
            // What they wait for may have ended while they were stored: nobody else could see then that they wait.
            context.Tell(new OrdersWait(waiting, context.Tenant.Id!));
        }

        context.Tell(new ItemsQueued([.. outcomes.Where(o => o.Succeeded && o.Value.BlockedBy == 0).Select(o => o.Value.Type).Distinct()]));
        return outcomes;
    }

    // By one command, unless something has to be asked of the database or written after it.
    private static bool IsOneCommand(IReadOnlyList<WorkOutcome<OrderPlan>> plans) =>
        plans.All(p => !p.Succeeded || p.Value.UniqueKey is null)
        && plans.Where(p => p.Succeeded).Sum(p => CharactersOf(p.Value)) <= MostCharactersOfOneCommand;

    // Its event names the orders that it comes after.
    private static long CharactersOf(OrderPlan plan) => plan.Payload.Text.Length + (plan.Meta?.Length ?? 0)
        + plan.Items.Sum(i => (long)i.Input.Text.Length) + (plan.Request.Options.After.Count * CharactersOfAnId);

    // An order has the same id in each attempt, and its items have other ones: those of another attempt are in no table.
    private static Task<bool> IsStoredAsync(WorkRows rows, WorkOrder order)
    {
        var itemId = order.ItemList[0].Id;
        return rows.Items.AnyAsync(i => i.Id == itemId, CancellationToken.None);
    }

    /// <summary>Gives the orders of a lost answer the time that the database has given to their rows.</summary>
    private static async Task<bool> CompleteAsync(WorkRows rows, IReadOnlyList<WorkOutcome<WorkOrder>> outcomes, WorkOrder stored)
    {
        List<WorkOrder> orders = [.. outcomes.Where(o => o.Succeeded).Select(o => o.Value.Detach(withItems: true))];
        if (stored.ItemList.TrueForAll(i => i.AvailableAt != WorkClock.AtInsert))
        {
            return true;
        }

        // What has happened to an item since may have made it later.
        var time = await rows.Items.Where(i => i.OrderId == stored.Id).OrderBy(i => i.AvailableAt).Select(i => i.AvailableAt)
            .FirstAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var order in orders)
        {
            order.NextApplyAt = order.NextApplyAt is null ? null : time;
            foreach (var item in order.ItemList)
            {
                (item.AvailableAt, item.ReadyAt) = (time, item.ReadyAt is null ? null : time);
            }
        }

        return true;
    }

    // The order that had the unique key was closed between two statements: now the key is free. Of a batch, that entry alone is to be sent again.
    private static Ending<IReadOnlyList<WorkOutcome<WorkOrder>>> End(IReadOnlyList<WorkOutcome<WorkOrder>> outcomes) =>
        outcomes is [{ Error: WorkBusyException }] ? Ending.TryAgain(outcomes) : Ending.Commit(outcomes);

    private async Task<IReadOnlyList<WorkOutcome<WorkOrder>>> StoreAsync(
        UnitOfWork unit, IReadOnlyList<WorkOutcome<OrderPlan>> given, string? traceParent, Action<UnitOfWork, WorkOrder>? andThen)
    {
        // Items are handed out by this clock: that of a process may be wrong.
        var clock = await (given.Any(IsDelayed) ? unit.ReadClockAsync() : unit.ReadClockForNewRowsAsync()).ConfigureAwait(false);
        var named = await NamedOrders.FindAsync(unit, given).ConfigureAwait(false);
        var plans = given.Select(named.Check).ToList();
        var built = plans.Where(p => p.Succeeded).ToDictionary(p => p.Value, p => Build(unit, p.Value, named.Of(p.Value), traceParent, clock));
        var stored = await InsertAsync(unit, built.Values).ConfigureAwait(false);
        foreach (var (plan, order) in built.Where(b => stored.ContainsKey(b.Value.Id)))
        {
            InsertRest(unit, plan, order, named.Of(plan));
        }

        var others = built.Where(b => !stored.ContainsKey(b.Value.Id)).Select(b => b.Key).ToList();
        if (others.Count == 0)
        {
            unit.Attempt.WillAnswer(Outcomes(plans, stored, []));
        }

        await unit.SaveAsync().ConfigureAwait(false);
        if (andThen is not null)
        {
            stored.Values.ToList().ForEach(order => andThen(unit, order));
            await unit.SaveAsync().ConfigureAwait(false);
        }

        var open = others.Count == 0 ? [] : await OpenAsync(unit, others, stored).ConfigureAwait(false);
        stored.Values.ToList().ForEach(o => o.Detach(withItems: true));
        return Outcomes(plans, stored, open);
    }

    private static List<WorkOutcome<WorkOrder>> Outcomes(
        List<WorkOutcome<OrderPlan>> plans, Dictionary<Guid, WorkOrder> stored, Dictionary<OrderPlan, WorkOutcome<WorkOrder>> open) =>
        plans.ConvertAll(p => !p.Succeeded ? new(p.Error) : stored.TryGetValue(p.Value.OrderId, out var order) ? new(order) : open[p.Value]);

    // Whether it becomes ready later depends on the time.
    private static bool IsDelayed(WorkOutcome<OrderPlan> plan) =>
        plan.Succeeded && (plan.Value.Request.Options.AvailableAt is not null || plan.Value.Items.Any(i => i.Item.AvailableAt is not null));

    /// <summary>Inserts the orders. Those whose unique key an open order has are left out.</summary>
    /// <returns>The orders that were inserted, by their ids.</returns>
    private static async Task<Dictionary<Guid, WorkOrder>> InsertAsync(UnitOfWork unit, IReadOnlyCollection<WorkOrder> orders)
    {
        var free = orders.Where(o => o.UniqueKey is null).ToList();
        free.ForEach(unit.Insert);
        // In the order of their keys: two batches with the same keys would wait for each other.
        var keyed = orders.Where(o => o.UniqueKey is not null)
            .OrderBy(o => o.Type, StringComparer.Ordinal).ThenBy(o => o.UniqueKey, StringComparer.Ordinal).ToList();
        return free.Concat(await unit.InsertIfAbsentAsync(keyed).ConfigureAwait(false)).ToDictionary(o => o.Id);
    }

    /// <summary>What proposals are answered whose unique keys open orders have.</summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="plans">The proposals.</param>
    /// <param name="stored">The orders that this transaction has stored.</param>
    private static async Task<Dictionary<OrderPlan, WorkOutcome<WorkOrder>>> OpenAsync(
        UnitOfWork unit, List<OrderPlan> plans, Dictionary<Guid, WorkOrder> stored)
    {
        var keys = plans.Select(p => p.TypeAndKey).ToHashSet();
        var open = await OpenOrders.FindAsync(unit.Rows, unit.Tenant.Id!, keys).ConfigureAwait(false);
        if (plans.Find(p => open.Values.Any(o => o.Id == p.OrderId)) is not null)
        {
            // An attempt of this call without an answer is committed by now. After a failure it is asked for again.
            throw new InvalidOperationException("The order was stored already.");
        }

        foreach (var (key, order) in open.ToList())
        {
            open[key] = stored.GetValueOrDefault(order.Id, order);
        }

        await RaiseAsync(unit, plans, open, stored).ConfigureAwait(false);
        return plans.ToDictionary(p => p, p => !open.TryGetValue(p.TypeAndKey, out var order) || order.State.IsClosed()
            ? new WorkOutcome<WorkOrder>(WorkBusyException.ClosedMeanwhile(p.UniqueKey!))
            : p.Request.Options.IfOpen == OpenOrder.Refuse ? new(new AlreadyOpenException(order.Id, p.UniqueKey!)) : new(order));
    }

    /// <summary>Raises the priority of open orders where proposals ask for it. The orders are locked by their ids, and then their items are written.</summary>
    private static async Task RaiseAsync(
        UnitOfWork unit, List<OrderPlan> plans, Dictionary<(string Type, string Key), WorkOrder> open, Dictionary<Guid, WorkOrder> stored)
    {
        var raised = (
            from plan in plans
            where plan.Request.Options.IfOpen == OpenOrder.RaisePriority && open.ContainsKey(plan.TypeAndKey)
            group (short)plan.Request.Options.Priority by plan.TypeAndKey into ofKey
            let order = open[ofKey.Key]
            where order.Priority < ofKey.Max()
            orderby order.Id
            select (ofKey.Key, order.Id, Priority: ofKey.Max())).ToList();
        foreach (var (key, id, _) in raised.Where(r => !stored.ContainsKey(r.Id)))
        {
            open[key] = await unit.LockOrderAsync(id).ConfigureAwait(false);
        }

        foreach (var (key, id, priority) in raised)
        {
            if (stored.TryGetValue(id, out var own))
            {
                Priorities.ChangeStored(unit, own, priority);
            }
            else if (open[key] is var order && order.Priority < priority && !order.State.IsClosed())
            {
                await Priorities.ChangeAsync(unit, order, priority).ConfigureAwait(false);
            }
            else
            {
                // What happened to it meanwhile is not this call's doing.
                UnitOfWork.LeaveAsTheyWere([open[key]]);
            }
        }

        await unit.SaveAsync().ConfigureAwait(false);
        foreach (var (key, _, _) in raised.Where(r => !stored.ContainsKey(r.Id)))
        {
            open[key].Detach(withItems: false);
        }
    }

    private static void InsertRest(UnitOfWork unit, OrderPlan plan, WorkOrder order, IReadOnlyList<(Guid Id, bool IsMet)> after)
    {
        foreach (var item in order.ItemList)
        {
            unit.Insert(item);
        }

        foreach (var (item, dependsOn) in plan.Dependencies)
        {
            unit.Insert(new WorkItemDependency { Id = order.ItemList[item].Id, DependsOnId = order.ItemList[dependsOn].Id });
        }

        foreach (var (id, isMet) in after)
        {
            unit.Insert(new WorkOrderDependency { Id = order.Id, DependsOnId = id, MetAt = isMet ? unit.Now : null });
        }

        unit.Insert(BuildProvenance(unit, order, plan.Request.Generator));
        // The text was checked before, so it is not parsed again.
        var said = plan.Payload.IsObject ? EventDetails.Of(order.Payload) : EventDetails.None;
        unit.Audit.Record(WorkEventNames.Proposed, order, said);
        unit.Audit.Record(WorkEventNames.Planned, order, new(DescribePlan(plan, after), Actor: Lifecycle.Engine));
    }

    private static JsonObject DescribePlan(OrderPlan plan, IReadOnlyList<(Guid Id, bool IsMet)> after)
    {
        var said = new JsonObject { ["item_count"] = plan.Items.Count };
        if (plan.Dependencies.Count > 0)
        {
            said["dependency_count"] = plan.Dependencies.Count;
        }

        if (after.Count > 0)
        {
            said["after"] = new JsonArray([.. after.Select(a => JsonValue.Create(a.Id))]);
        }

        return said;
    }

    private WorkOrder Build(
        UnitOfWork unit, OrderPlan plan, IReadOnlyList<(Guid Id, bool IsMet)> after, string? traceParent, DateTimeOffset clock)
    {
        var order = BuildOrder(unit, plan, traceParent);
        order.NextApplyAt = plan.Hooks.AutoApprove ? clock : null;
        order.BlockedBy = after.Count(a => !a.IsMet);
        var waits = plan.Dependencies.CountBy(d => d.Item).ToDictionary();
        order.ItemList.AddRange(plan.Items.Select((planned, place) => BuildItem(unit, order, plan, planned, waits.GetValueOrDefault(place), clock)));
        order.ItemsTotal = order.ItemsOpen = plan.Items.Count;
        return order;
    }

    private static WorkOrder BuildOrder(UnitOfWork unit, OrderPlan plan, string? traceParent) => new()
    {
        Id = plan.OrderId,
        TenantId = unit.Tenant.Id!,
        Type = plan.Request.Type.Key,
        TypeVersion = plan.Request.Type.Version,
        State = OrderState.Queued,
        ItemFailure = plan.Request.Type.ItemFailure,
        DependencyFailure = plan.Request.Type.DependencyFailure,
        Priority = (short)plan.Request.Options.Priority,
        RequestedByType = unit.Actor.Type,
        RequestedById = unit.Actor.Id,
        RequestedFor = unit.Actor.Principal?.ToString(),
        Payload = plan.Payload.Text,
        PayloadHash = plan.Payload.Hash,
        Meta = plan.Meta,
        UniqueKey = plan.UniqueKey,
        ParentOrderId = plan.Request.ParentId,
        DueAt = plan.Request.Options.DueAt is { } due ? WorkClock.Cut(due) : null,
        TraceParent = traceParent,
        LastTransitionedAt = unit.Now,
        CreatedAt = unit.Now,
        UpdatedAt = unit.Now,
    };

    private WorkItem BuildItem(
        UnitOfWork unit, WorkOrder order, OrderPlan plan, (PlannedItem Item, CheckedDocument Input) planned, int waitsFor, DateTimeOffset clock)
    {
        var item = new WorkItem
        {
            Id = unit.NewId(),
            OrderId = order.Id,
            TenantId = order.TenantId,
            OrderType = order.Type,
            TypeVersion = order.TypeVersion,
            Type = planned.Item.Type ?? order.Type,
            State = ItemState.Queued,
            Priority = order.Priority,
            MaxAttempts = (short)(planned.Item.MaxAttempts ?? plan.Hooks.MaxAttempts ?? retry.DefaultMaxAttempts),
            PlannedLeaseSeconds = planned.Item.LeaseTime is { } time ? (int)Math.Ceiling(time.TotalSeconds) : null,
            BlockedBy = waitsFor + (order.BlockedBy > 0 ? 1 : 0),
            Input = planned.Input.Text,
            CreatedAt = unit.Now,
            UpdatedAt = unit.Now,
        };
        Auditing.ItemQueue.Add(item, (planned.Item.AvailableAt ?? plan.Request.Options.AvailableAt) is { } at ? WorkClock.Cut(at) : null, clock);
        return item;
    }

    private static WorkProvenance BuildProvenance(UnitOfWork unit, WorkOrder order, string? generator) => new()
    {
        OrderId = order.Id,
        TenantId = order.TenantId,
        OperationId = unit.OperationId,
        Operation = WorkProvenance.Propose,
        ActorType = unit.Actor.Type,
        ActorId = unit.Actor.Id,
        OnBehalfOf = unit.Actor.OnBehalfOf?.ToString(),
        AgentName = unit.Actor.Type == ActorType.Agent ? unit.Actor.Id : null,
        Extra = Extra(("model_name", unit.Actor.Model), ("generator", generator)),
        CreatedAt = unit.Now,
    };

    private static string? Extra(params (string Name, string? Value)[] said)
    {
        var extra = new JsonObject(said.Where(s => s.Value is not null).Select(s => KeyValuePair.Create(s.Name, (JsonNode?)s.Value)));
        return extra.Count > 0 ? extra.ToJsonString(JsonSerializerOptions.Web) : null;
    }
}
