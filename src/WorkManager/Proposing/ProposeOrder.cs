using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Auditing;
using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.OrderTypes;
using WorkManager.OrderTypes.Json;
using WorkManager.Persistence;

namespace WorkManager.Proposing;

/// <summary>Checks payloads, plans them, and stores orders and items.</summary>
internal sealed class ProposeOrder(JsonDocuments documents, IdGenerator ids, LimitOptions limits, RetryOptions retry, LeaseOptions lease)
    : IVerb<Batch<ProposeRequest>, IReadOnlyList<WorkOutcome<WorkOrder>>>
{
    public Operation Operation { get; } = new("propose", JoinRule.Joins);

    public async Task<IReadOnlyList<WorkOutcome<WorkOrder>>> ExecuteAsync(
        OperationContext context, Batch<ProposeRequest> batch, CancellationToken cancellationToken)
    {
        context.JoinTraceOf(null);
        if (context.Tenant.IsAll)
        {
            throw WorkValidationException.Argument(
                "tenant", ValidationCodes.Required, "An order belongs to one tenant. Propose it with a manager of that tenant.");
        }

        await context.EnsureHooksAreOnItsDatabaseAsync().ConfigureAwait(false);
        var plans = new List<WorkOutcome<Plan>>(batch.Requests.Count);
        foreach (var request in batch.Requests)
        {
            plans.Add(await TryPlanAsync(context, request, cancellationToken).ConfigureAwait(false));
        }

        if (plans.Find(p => p.Succeeded)?.Value.OrderId is not { } first)
        {
            return plans.ConvertAll(p => new WorkOutcome<WorkOrder>(p.Error!));
        }

        return await context.WriteAsync(
            Write.Once<IReadOnlyList<WorkOutcome<WorkOrder>>>(
                async unit =>
                {
                    // Items are handed out by this clock: that of a process may be wrong.
                    var clock = await unit.ReadClockAsync().ConfigureAwait(false);
                    var outcomes = plans.ConvertAll(
                        p => p.Succeeded ? new WorkOutcome<WorkOrder>(Insert(unit, p.Value, context.TraceParent, clock)) : new(p.Error));
                    await unit.SaveAsync().ConfigureAwait(false);
                    outcomes.ForEach(o => (o.Succeeded ? o.Value : null)?.Detach(withItems: true));
                    return Ending.Commit<IReadOnlyList<WorkOutcome<WorkOrder>>>(outcomes);
                },
                (rows, _) => rows.Orders.AnyAsync(o => o.Id == first, CancellationToken.None)),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<WorkOutcome<Plan>> TryPlanAsync(OperationContext context, ProposeRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var meta = CheckOptions(request.Options);
            var payload = documents.Check("payload", request.Payload, request.Type.PayloadType);
            var hooks = await RunHooksAsync(context, request.Type, payload.Value, cancellationToken).ConfigureAwait(false);
            var items = CheckPlan(request.Type, hooks);
            return new(new Plan(ids.Next(), request, payload, meta, hooks, items));
        }
        catch (WorkManagerException refused)
        {
            return new(refused);
        }
    }

    private static async Task<HookAnswers> RunHooksAsync(
        OperationContext context, OrderTypeDescriptor descriptor, object payload, CancellationToken cancellationToken)
    {
        try
        {
            var type = (OrderType)context.Services.GetRequiredService(descriptor.ClrType);
            var errors = await type.FindFaultsAsync(payload, cancellationToken).ConfigureAwait(false);
            return errors.Count == 0
                ? new(await type.PlanItemsAsync(payload, cancellationToken).ConfigureAwait(false), type.AutoApprove, type.MaxAttempts)
                : throw new WorkValidationException("payload", errors);
        }
        // A timeout of the order type's own is a cancellation, too, and costs no more than this proposal.
        catch (Exception failure) when (failure is not WorkManagerException && !failure.IsCancellationBy(cancellationToken))
        {
            throw new WorkManagerException(
                WorkErrorCodes.PlanFailed, $"The order type '{descriptor.Key}' failed to plan this payload. Its own exception is the inner one.", failure);
        }
    }

    private WorkOrder Insert(UnitOfWork unit, Plan plan, string? traceParent, DateTimeOffset clock)
    {
        var order = BuildOrder(unit, plan, traceParent);
        order.NextApplyAt = plan.Hooks.AutoApprove ? clock : null;
        unit.Insert(order);
        foreach (var planned in plan.Items)
        {
            var item = BuildItem(unit, order, plan.Hooks, planned, clock);
            order.ItemList.Add(item);
            unit.Insert(item);
        }

        order.ItemsTotal = order.ItemsOpen = plan.Items.Count;
        unit.Insert(BuildProvenance(unit, order));
        // The text was checked before, so it is not parsed again.
        var said = plan.Payload.IsObject ? EventDetails.Of(order.Payload) : EventDetails.None;
        unit.Audit.Record(WorkEventNames.Proposed, order, said);
        unit.Audit.Record(WorkEventNames.Planned, order, new(new JsonObject { ["item_count"] = plan.Items.Count }, Actor: Lifecycle.Engine));
        return order;
    }

    private string? CheckOptions(ProposeOptions propose)
    {
        if (propose.Priority is < 0 or > 100)
        {
            throw WorkValidationException.Argument("priority", ValidationCodes.OutOfRange, "The priority must be 0 to 100.");
        }

        return propose.Meta is { } meta ? documents.CheckRemark("meta", meta) : null;
    }

    private List<(PlannedItem Item, CheckedDocument Input)> CheckPlan(OrderTypeDescriptor type, HookAnswers hooks)
    {
        var (plan, limit) = (hooks.Items, limits.MaxItemsPerOrder);
        if (plan.Count == 0)
        {
            var error = new ValidationError("", WorkErrorCodes.EmptyPlan, $"The order type '{type.Key}' planned no item for this payload.");
            throw new WorkValidationException("plan", [error], WorkErrorCodes.EmptyPlan);
        }

        if (plan.Count > limit)
        {
            throw new WorkLimitException(WorkErrorCodes.PlanTooLarge, $"The plan has {plan.Count} items; an order may have {limit}.", limit);
        }

        if (plan.Any(p => (p.MaxAttempts ?? hooks.MaxAttempts) is < 1 or > 1000 || p.Type is { Length: 0 or > 120 }))
        {
            throw WorkValidationException.Argument(
                "plan", ValidationCodes.OutOfRange, "A planned item may have 1 to 1000 attempts, and a type of 1 to 120 characters.");
        }

        if (plan.Any(p => p.LeaseTime is { } time && (time < TimeSpan.FromSeconds(1) || time > lease.MaxTtl)))
        {
            throw WorkValidationException.Argument("plan", ValidationCodes.OutOfRange, $"A planned item may be leased for 1 second to {lease.MaxTtl}.");
        }

        foreach (var planned in plan)
        {
            StorableText.Ensure("plan", planned.Type);
        }

        return [.. plan.Select(p => (p, documents.Check("planned input", p.InputValue, type.InputType)))];
    }

    private static WorkOrder BuildOrder(UnitOfWork unit, Plan plan, string? traceParent) => new()
    {
        Id = plan.OrderId,
        TenantId = unit.Tenant.Id!,
        Type = plan.Request.Type.Key,
        TypeVersion = plan.Request.Type.Version,
        State = OrderState.Queued,
        Priority = (short)plan.Request.Options.Priority,
        RequestedByType = unit.Actor.Type,
        RequestedById = unit.Actor.Id,
        RequestedFor = unit.Actor.Principal?.ToString(),
        Payload = plan.Payload.Text,
        PayloadHash = plan.Payload.Hash,
        Meta = plan.Meta,
        DueAt = plan.Request.Options.DueAt is { } due ? WorkClock.Cut(due) : null,
        TraceParent = traceParent,
        LastTransitionedAt = unit.Now,
        CreatedAt = unit.Now,
        UpdatedAt = unit.Now,
    };

    private WorkItem BuildItem(
        UnitOfWork unit, WorkOrder order, HookAnswers hooks, (PlannedItem Item, CheckedDocument Input) planned, DateTimeOffset clock)
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
            MaxAttempts = (short)(planned.Item.MaxAttempts ?? hooks.MaxAttempts ?? retry.DefaultMaxAttempts),
            PlannedLeaseSeconds = planned.Item.LeaseTime is { } time ? (int)Math.Ceiling(time.TotalSeconds) : null,
            Input = planned.Input.Text,
            CreatedAt = unit.Now,
            UpdatedAt = unit.Now,
        };
        Auditing.ItemQueue.Add(item, planned.Item.AvailableAt is { } at ? WorkClock.Cut(at) : null, clock);
        return item;
    }

    private static WorkProvenance BuildProvenance(UnitOfWork unit, WorkOrder order) => new()
    {
        OrderId = order.Id,
        TenantId = order.TenantId,
        OperationId = unit.OperationId,
        Operation = "propose",
        ActorType = unit.Actor.Type,
        ActorId = unit.Actor.Id,
        OnBehalfOf = unit.Actor.OnBehalfOf?.ToString(),
        AgentName = unit.Actor.Type == ActorType.Agent ? unit.Actor.Id : null,
        Extra = unit.Actor.Model is { } model ? new JsonObject { ["model_name"] = model }.ToJsonString(JsonSerializerOptions.Web) : null,
        CreatedAt = unit.Now,
    };

    /// <summary>A proposal that passed its checks.</summary>
    private sealed record Plan(
        Guid OrderId, ProposeRequest Request, CheckedDocument Payload, string? Meta, HookAnswers Hooks,
        IReadOnlyList<(PlannedItem Item, CheckedDocument Input)> Items);

    /// <summary>What the order type says of a payload. Its code is asked once, and before a transaction begins.</summary>
    private sealed record HookAnswers(IReadOnlyList<PlannedItem> Items, bool AutoApprove, int? MaxAttempts);
}
