using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;

namespace WorkManager.Proposing;

/// <summary>Runs the generators one after the other, and proposes what they find. What fails is told at the end; it stops nothing else.</summary>
internal sealed class GenerateOrders(
    IEnumerable<GeneratorDescriptor> generators, WorkScopes scopes, OrderTypeRegistry types, JsonDocuments documents, OrderPlanner planner, NewOrders orders,
    StoreDialects dialects, ILogger<GenerateOrders>? log = null)
    : Duty<GenerateRequest, GenerationResult>("generate", new(0, 0, [], []))
{
    private const int BatchSize = 100;

    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    protected override bool TakesTurns(GenerateRequest request) => !request.IsDryRun;

    protected override async Task<GenerationResult> RunAsync(
        OperationContext context, GenerateRequest request, DutyTurn turn, CancellationToken cancellationToken)
    {
        context.JoinTraceOf(null);
        var tally = new Tally(request.IsDryRun);
        foreach (var descriptor in generators.Distinct())
        {
            if (!await turn.GoesOnAsync(cancellationToken).ConfigureAwait(false))
            {
                break;
            }

            await RunAsync(context, descriptor, tally, turn, cancellationToken).ConfigureAwait(false);
        }

        return tally.ToResult();
    }

    private async Task RunAsync(
        OperationContext context, GeneratorDescriptor descriptor, Tally tally, DutyTurn turn, CancellationToken cancellationToken)
    {
        var name = descriptor.ClrType.Name;
        try
        {
            var scope = await scopes.CreateForAsync(context.Services).ConfigureAwait(false);
            await using (scope.ConfigureAwait(false))
            {
                var generator = (IWorkGenerator)scope.ServiceProvider.GetRequiredService(descriptor.ClrType);
                name = generator.Name;
                await RunAsync(context, scope.ServiceProvider, generator, tally, turn, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (!failure.IsCancellationBy(cancellationToken))
        {
            log.GeneratorFailed(failure, name);
            tally.Failures.Add(new(name, failure));
        }
    }

    private async Task RunAsync(
        OperationContext context, IServiceProvider services, IWorkGenerator generator, Tally tally, DutyTurn turn, CancellationToken cancellationToken)
    {
        var found = generator.FindWorkAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (found.ConfigureAwait(false))
        {
            var batch = new List<(GeneratedOrder? Order, WorkOutcome<ProposeRequest> Proposal)>();
            Exception? broken = null;
            do
            {
                batch.Clear();
                try
                {
                    while (batch.Count < BatchSize && await found.MoveNextAsync().ConfigureAwait(false))
                    {
                        // At once: the generator may change what it has given before it gives the next.
                        batch.Add((found.Current, Receive(generator.Name, found.Current)));
                    }
                }
                catch (Exception failure) when (!failure.IsCancellationBy(cancellationToken))
                {
                    broken = failure;
                }

                await ProposeAsync(context, services, generator.Name, batch, tally, cancellationToken).ConfigureAwait(false);
            }
            while (broken is null && batch.Count == BatchSize && await turn.GoesOnAsync(cancellationToken).ConfigureAwait(false));

            if (broken is not null)
            {
                throw broken;
            }
        }
    }

    private WorkOutcome<ProposeRequest> Receive(string generator, GeneratedOrder? order)
    {
        if (order?.Payload is not { } payload)
        {
            return new(WorkValidationException.Argument("payload", ValidationCodes.Required, "A generated order, or its payload, is null."));
        }

        try
        {
            var type = order.Type is { } key ? types.Get(key) : types.GetForPayload(payload.GetType());
            var document = documents.Write("payload", payload, type.PayloadType);
            // A copy: the generator may reuse what it has given.
            document = document.Fault is null && document.Json.ValueKind != JsonValueKind.Undefined ? document with { Json = document.Json.Clone() } : document;
            var options = order.Options ?? new ProposeOptions();
            options = options with { Meta = (JsonObject?)options.Meta?.DeepClone(), After = options.After is null ? null! : [.. options.After] };
            return new(new ProposeRequest(type, document, options, Generator: generator));
        }
        catch (WorkManagerException refused)
        {
            return new(refused);
        }
    }

    private async Task ProposeAsync(
        OperationContext context, IServiceProvider services, string generator, List<(GeneratedOrder? Order, WorkOutcome<ProposeRequest> Proposal)> batch,
        Tally tally, CancellationToken cancellationToken)
    {
        var plans = new List<(TenantScope Tenant, OrderPlan Plan)>();
        foreach (var (order, proposal) in batch)
        {
            var planned = await TryPlanAsync(context, services, order, proposal, cancellationToken).ConfigureAwait(false);
            if (planned.Succeeded)
            {
                plans.Add(planned.Value);
            }
            else
            {
                tally.Refuse(generator, planned.Error);
            }
        }

        foreach (var ofTenant in plans.GroupBy(p => p.Tenant, p => p.Plan))
        {
            var own = context.For(ofTenant.Key);
            await (tally.IsDryRun ? CountAsync(own, [.. ofTenant], tally) : StoreAsync(own, generator, [.. ofTenant], tally, cancellationToken))
                .ConfigureAwait(false);
        }
    }

    private async Task<WorkOutcome<(TenantScope Tenant, OrderPlan Plan)>> TryPlanAsync(
        OperationContext context, IServiceProvider services, GeneratedOrder? order, WorkOutcome<ProposeRequest> proposal, CancellationToken cancellationToken)
    {
        if (!proposal.Succeeded)
        {
            return new(proposal.Error);
        }

        TenantScope tenant;
        try
        {
            tenant = TenantScope.Of(order!.TenantId ?? services.GetRequiredService<IWorkTenantProvider>().TenantId);
        }
#pragma warning disable CA1031 // The provider is the host's code. What it throws is the refusal of this order, and of no other.
        catch (Exception bad)
#pragma warning restore CA1031
        {
            return new(WorkValidationException.Argument("tenant_id", ValidationCodes.Invalid, $"The order has no tenant: {bad.Message}"));
        }

        var plan = await planner.TryPlanAsync(context.For(tenant), proposal.Value, cancellationToken).ConfigureAwait(false);
        return plan.Then(p => new WorkOutcome<(TenantScope, OrderPlan)>((tenant, p)));
    }

    /// <summary>Stores a batch; or each order by itself, if the database refuses one of them.</summary>
    private async Task StoreAsync(
        OperationContext context, string generator, IReadOnlyList<OrderPlan> plans, Tally tally, CancellationToken cancellationToken)
    {
        try
        {
            var outcomes = await orders.StoreAsync(context, [.. plans.Select(p => new WorkOutcome<OrderPlan>(p))], cancellationToken).ConfigureAwait(false);
            foreach (var (plan, outcome) in plans.Zip(outcomes))
            {
                if (!outcome.Succeeded)
                {
                    tally.Refuse(generator, outcome.Error);
                }
                else if (outcome.Value.Id == plan.OrderId)
                {
                    tally.Propose(plan.OrderId);
                }
                else
                {
                    // An open order whose priority was raised.
                    tally.FindOpen();
                }
            }
        }
        catch (Exception refused) when (dialects.Of(context.Host).RefusesToStore(refused))
        {
            if (plans.Count == 1)
            {
                tally.Refuse(generator, StoreRefusal.Of(refused));
                return;
            }

            foreach (var plan in plans)
            {
                await StoreAsync(context, generator, [plan], tally, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Counts what would be stored: of the orders with one unique key one, unless such an order is open.</summary>
    private static async Task CountAsync(OperationContext context, IReadOnlyList<OrderPlan> plans, Tally tally)
    {
        var (tenant, keys) = (context.Tenant.Id!, plans.Where(p => p.UniqueKey is not null).Select(p => p.TypeAndKey).ToHashSet());
        var open = keys.Count == 0 ? [] : await context.ReadAsync(rows => OpenOrders.FindAsync(rows, tenant, keys)).ConfigureAwait(false);
        foreach (var plan in plans)
        {
            if (plan.UniqueKey is not null && (open.ContainsKey(plan.TypeAndKey) || !tally.Keys.Add((tenant, plan.TypeAndKey))))
            {
                tally.FindOpen();
            }
            else
            {
                tally.Propose();
            }
        }
    }

    private sealed class Tally(bool isDryRun)
    {
        private readonly List<Guid> ids = [];
        private int proposed;
        private int alreadyOpen;

        public bool IsDryRun => isDryRun;

        public List<GenerationFailure> Failures { get; } = [];

        /// <summary>The unique keys that a dry run has met.</summary>
        public HashSet<(string Tenant, (string Type, string Key))> Keys { get; } = [];

        public void Propose(Guid? id = null)
        {
            proposed++;
            ids.AddRange(id is { } stored ? [stored] : []);
        }

        public void FindOpen() => alreadyOpen++;

        public void Refuse(string generator, WorkManagerException error)
        {
            if (error is AlreadyOpenException)
            {
                FindOpen();
            }
            else
            {
                Failures.Add(new(generator, error));
            }
        }

        public GenerationResult ToResult() => new(proposed, alreadyOpen, ids, Failures);
    }
}
