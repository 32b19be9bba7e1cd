using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.OrderTypes;
using WorkManager.OrderTypes.Json;
using WorkManager.Persistence;

namespace WorkManager.Proposing;

/// <summary>Checks proposals, and lets their order types plan them. Nothing is stored yet.</summary>
internal sealed class OrderPlanner(JsonDocuments documents, IdGenerator ids, LimitOptions limits, LeaseOptions lease)
{
    private const int MaxKey = 200;

    // Each of them that ends looks at all of them.
    private const int MaxAfter = 1000;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(3660);

    /// <summary>Plans a proposal, or says why it is refused.</summary>
    public async Task<WorkOutcome<OrderPlan>> TryPlanAsync(OperationContext context, ProposeRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var meta = CheckOptions(request.Options, context.Clock.Now());
            var payload = documents.Check("payload", request.Payload, request.Type.PayloadType);
            var hooks = await RunHooksAsync(context, request.Type, payload.Value, cancellationToken).ConfigureAwait(false);
            var items = CheckPlan(request.Type, hooks);
            var dependencies = PlannedDependencies.Check(hooks.Items, limits.MaxDependencies);
            return new(new OrderPlan(ids.Next(), request, payload, meta, hooks, items, dependencies));
        }
        catch (WorkManagerException refused)
        {
            return new(refused);
        }
    }

    /// <summary>
    /// The payload of a stored order in the current version of its type, to be proposed again. If there is none, the document has the reason.
    /// </summary>
    public IncomingDocument ReadPayload(OperationContext context, WorkOrder order, OrderTypeDescriptor descriptor)
    {
        try
        {
            var type = Resolve(context, descriptor);
            var stored = new StoredDocument("payload", order.Payload, order.TypeVersion, documents.Stored).Upgrade(descriptor.Version, type.Upgrade);
            return documents.Write("payload", JsonElement.Parse(stored.Json), descriptor.PayloadType);
        }
        catch (WorkManagerException fault)
        {
            return new(default, fault);
        }
    }

    private static async Task<HookAnswers> RunHooksAsync(
        OperationContext context, OrderTypeDescriptor descriptor, object payload, CancellationToken cancellationToken)
    {
        try
        {
            var type = Resolve(context, descriptor);
            var errors = await type.FindFaultsAsync(payload, cancellationToken).ConfigureAwait(false);
            return errors.Count == 0
                ? new(await type.PlanItemsAsync(payload, cancellationToken).ConfigureAwait(false), type.AutoApprove, type.MaxAttempts)
                : throw new WorkValidationException("payload", errors);
        }
        // A timeout of the order type's own is a cancellation, too, and costs no more than this proposal.
        catch (Exception failure) when (failure is not WorkManagerException && !failure.IsCancellationBy(cancellationToken))
        {
            throw Failed(descriptor, failure);
        }
    }

    private static OrderType Resolve(OperationContext context, OrderTypeDescriptor descriptor)
    {
        try
        {
            return (OrderType)context.Services.GetRequiredService(descriptor.ClrType);
        }
        catch (Exception failure) when (failure is not WorkManagerException)
        {
            throw Failed(descriptor, failure);
        }
    }

    private static WorkManagerException Failed(OrderTypeDescriptor descriptor, Exception failure) => new(
        WorkErrorCodes.PlanFailed, $"The order type '{descriptor.Key}' failed to plan this payload. Its own exception is the inner one.", failure);

    private string? CheckOptions(ProposeOptions propose, DateTimeOffset now)
    {
        Priorities.Ensure(propose.Priority);
        if (propose.UniqueKey is { } key && (string.IsNullOrWhiteSpace(key) || key.Length > MaxKey))
        {
            throw WorkValidationException.Argument(
                "unique_key", key.Length > MaxKey ? ValidationCodes.MaxLength : ValidationCodes.Required, $"A unique key has 1 to {MaxKey} characters.");
        }

        StorableText.Ensure("unique_key", propose.UniqueKey);
        if (!Enum.IsDefined(propose.IfOpen))
        {
            throw WorkValidationException.Argument("if_open", ValidationCodes.OutOfRange, $"{propose.IfOpen} has no meaning.");
        }

        if (propose.AvailableAt > now + LongestDelay)
        {
            throw WorkValidationException.Argument("available_at", ValidationCodes.OutOfRange, "The time must be at most ten years from now.");
        }

        if (propose.After is null)
        {
            throw WorkValidationException.Argument("after", ValidationCodes.Required, "The orders to come after are null. Name none at all by an empty list.");
        }

        if (propose.After.Count > MaxAfter)
        {
            throw new WorkLimitException(
                WorkErrorCodes.PlanTooLarge, $"The order comes after {propose.After.Count} orders; it may come after {MaxAfter}.", MaxAfter);
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
}
