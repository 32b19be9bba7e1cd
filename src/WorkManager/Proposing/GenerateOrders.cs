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
    ILogger<GenerateOrders>? log = null)
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
            var scope = await scopes.CreateForAsync(context.Services).ConfigureAwait(false);
            await using (scope.ConfigureAwait(false))
            {
                await RunAsync(context, scope.ServiceProvider, descriptor, tally, cancellationToken).ConfigureAwait(false);
            }
        }

        return tally.ToResult();
    }

    private async Task RunAsync(
        OperationContext context, IServiceProvider services, GeneratorDescriptor descriptor, Tally tally, CancellationToken cancellationToken)
    {
        var name = descriptor.ClrType.Name;
        try
        {
            var generator = (IWorkGenerator)services.GetRequiredService(descriptor.ClrType);
            name = generator.Name;
            var tenant = services.GetRequiredService<IWorkTenantProvider>().TenantId;
            var found = generator.FindWorkAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using (found.ConfigureAwait(false))
            {
                var batch = new List<GeneratedOrder?>();
                Exception? broken;
                do
                {
                    batch.Clear();
                    broken = await ReadAsync(found, batch, cancellationToken).ConfigureAwait(false);
                    await ProposeAsync(context, name, tenant, batch, tally, cancellationToken).ConfigureAwait(false);
                }
                while (broken is null && batch.Count == BatchSize);

                if (broken is not null)
                {
                    throw broken;
                }
            }
        }
        catch (Exception failure) when (!failure.IsCancellationBy(cancellationToken))
        {
            log.GeneratorFailed(failure, name);
            tally.Failures.Add(new(name, failure));
        }
    }

    /// <summary>Reads the next batch. If the generator throws, what it had found before is there.</summary>
    private static async Task<Exception?> ReadAsync(IAsyncEnumerator<GeneratedOrder?> found, List<GeneratedOrder?> batch, CancellationToken cancellationToken)
    {
        try
        {
            while (batch.Count < BatchSize && await found.MoveNextAsync().ConfigureAwait(false))
            {
                batch.Add(found.Current);
            }

            return null;
        }
        catch (Exception failure) when (!failure.IsCancellationBy(cancellationToken))
        {
            return failure;
        }
    }

    private async Task ProposeAsync(
        OperationContext context, string generator, string tenant, List<GeneratedOrder?> batch, Tally tally, CancellationToken cancellationToken)
    {
        foreach (var ofTenant in batch.GroupBy(o => o?.TenantId ?? tenant))
        {
            var own = context.For(TenantScope.Of(ofTenant.Key));
            var plans = new List<WorkOutcome<OrderPlan>>();
            foreach (var order in ofTenant)
            {
                plans.Add(await TryPlanAsync(own, generator, order, cancellationToken).ConfigureAwait(false));
            }

            if (tally.IsDryRun)
            {
                foreach (var plan in plans)
                {
                    tally.Add(generator, plan.Succeeded ? await TryAsync(own, plan.Value, tally).ConfigureAwait(false) : plan.Error);
                }
            }
            else
            {
                var planned = plans.Where(p => p.Succeeded).Select(p => p.Value.OrderId).ToHashSet();
                foreach (var outcome in await orders.StoreAsync(own, plans, cancellationToken).ConfigureAwait(false))
                {
                    // An open order whose priority was raised is none that was proposed.
                    var isOpen = outcome.Succeeded && !planned.Contains(outcome.Value.Id);
                    tally.Add(generator, outcome.Error, isOpen, outcome.Succeeded && !isOpen ? outcome.Value.Id : null);
                }
            }
        }
    }

    private async Task<WorkOutcome<OrderPlan>> TryPlanAsync(
        OperationContext context, string generator, GeneratedOrder? order, CancellationToken cancellationToken)
    {
        if (order?.Payload is not { } payload)
        {
            return new(WorkValidationException.Argument("payload", ValidationCodes.Required, "A generated order, or its payload, is null."));
        }

        try
        {
            var type = order.Type is { } key ? types.Get(key) : types.GetForPayload(payload.GetType());
            var proposal = new ProposeRequest(
                type, documents.Write("payload", payload, type.PayloadType), order.Options ?? new ProposeOptions(), Generator: generator);
            return await planner.TryPlanAsync(context, proposal, cancellationToken).ConfigureAwait(false);
        }
        catch (WorkManagerException refused)
        {
            return new(refused);
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
