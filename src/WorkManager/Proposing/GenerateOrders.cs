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
    : IVerb<GenerateRequest, GenerationResult>
{
    private const int BatchSize = 100;

    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    public Operation Operation { get; } = new("generate", JoinRule.Refuses);

    public async Task<GenerationResult> ExecuteAsync(OperationContext context, GenerateRequest request, CancellationToken cancellationToken)
    {
        context.JoinTraceOf(null);
        var tally = new Tally(request.IsDryRun);
        foreach (var descriptor in generators.Distinct())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await RunAsync(context, descriptor, tally, cancellationToken).ConfigureAwait(false);
        }

        return tally.ToResult();
    }

    private async Task RunAsync(OperationContext context, GeneratorDescriptor descriptor, Tally tally, CancellationToken cancellationToken)
    {
        var name = descriptor.ClrType.Name;
        try
        {
            var scope = await scopes.CreateForAsync(context.Services).ConfigureAwait(false);
            await using (scope.ConfigureAwait(false))
            {
                var generator = (IWorkGenerator)scope.ServiceProvider.GetRequiredService(descriptor.ClrType);
                name = generator.Name;
                await RunAsync(context, scope.ServiceProvider, generator, tally, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (!failure.IsCancellationBy(cancellationToken))
        {
            log.GeneratorFailed(failure, name);
            tally.Failures.Add(new(name, failure));
        }
    }

    private async Task RunAsync(
        OperationContext context, IServiceProvider services, IWorkGenerator generator, Tally tally, CancellationToken cancellationToken)
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
            while (broken is null && batch.Count == BatchSize);

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
            options = options with { Meta = (JsonObject?)options.Meta?.DeepClone() };
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
                tally.Add(generator, planned.Error);
            }
        }

        foreach (var ofTenant in plans.GroupBy(p => p.Tenant, p => p.Plan))
        {
            var own = context.For(ofTenant.Key);
            if (tally.IsDryRun)
            {
                foreach (var plan in ofTenant)
                {
                    tally.Add(generator, await TryAsync(own, plan, tally).ConfigureAwait(false));
                }
            }
            else
            {
                await StoreAsync(own, generator, [.. ofTenant], tally, cancellationToken).ConfigureAwait(false);
            }
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
                // An open order whose priority was raised is none that was proposed.
                var isOpen = outcome.Succeeded && outcome.Value.Id != plan.OrderId;
                tally.Add(generator, outcome.Error, isOpen, outcome.Succeeded && !isOpen ? plan.OrderId : null);
            }
        }
        catch (Exception refused) when (dialects.Of(context.Host).RefusesToStore(refused))
        {
            if (plans.Count == 1)
            {
                tally.Add(generator, StoreRefusal.Of(refused));
                return;
            }

            foreach (var plan in plans)
            {
                await StoreAsync(context, generator, [plan], tally, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Why a planned order would not be stored; null if it would.</summary>
    private static async Task<WorkManagerException?> TryAsync(OperationContext context, OrderPlan plan, Tally tally)
    {
        if (plan.UniqueKey is not { } key)
        {
            return null;
        }

        var (tenant, type) = (context.Tenant.Id!, plan.Request.Type.Key);
        var open = await context.ReadAsync(rows => OpenOrders.FindAsync(rows, tenant, [(type, key)])).ConfigureAwait(false);
        return open.Count == 0 && tally.Keys.Add((tenant, type, key)) ? null
            : new AlreadyOpenException(open.Values.Select(o => o.Id).FirstOrDefault(), key);
    }

    private sealed class Tally(bool isDryRun)
    {
        private readonly List<Guid> ids = [];
        private int proposed;
        private int alreadyOpen;

        public bool IsDryRun => isDryRun;

        public List<GenerationFailure> Failures { get; } = [];

        /// <summary>The unique keys that a dry run has met.</summary>
        public HashSet<(string Tenant, string Type, string Key)> Keys { get; } = [];

        public void Add(string generator, WorkManagerException? error, bool isOpen = false, Guid? id = null)
        {
            if (isOpen || error is AlreadyOpenException)
            {
                alreadyOpen++;
            }
            else if (error is not null)
            {
                Failures.Add(new(generator, error));
            }
            else
            {
                proposed++;
                ids.AddRange(id is { } stored ? [stored] : []);
            }
        }

        public GenerationResult ToResult() => new(proposed, alreadyOpen, ids, Failures);
    }
}
