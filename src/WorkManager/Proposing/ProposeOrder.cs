using WorkManager.Errors;
using WorkManager.Execution;

namespace WorkManager.Proposing;

/// <summary>Checks payloads, plans them, and stores orders and items.</summary>
internal sealed class ProposeOrder(OrderPlanner planner, NewOrders orders) : IVerb<Batch<ProposeRequest>, IReadOnlyList<WorkOutcome<WorkOrder>>>
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
        var plans = new List<WorkOutcome<OrderPlan>>(batch.Requests.Count);
        foreach (var request in batch.Requests)
        {
            plans.Add(await planner.TryPlanAsync(context, request, cancellationToken).ConfigureAwait(false));
        }

        return await orders.StoreAsync(context, plans, cancellationToken).ConfigureAwait(false);
    }
}
