using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;

namespace WorkManager.Applying;

/// <summary>Runs the order type's last step and delivers its messages. The change stands: what fails here is logged.</summary>
internal sealed class PostCommitSteps(WorkScopes scopes, JsonDocuments documents, ILogger<PostCommitSteps>? log = null)
{
    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    public async Task RunAsync(IServiceProvider caller, AppliedOrder applied, CancellationToken cancellationToken)
    {
        await TryAsync(caller, applied.Order, services => RunLastStepAsync(services, applied, cancellationToken)).ConfigureAwait(false);
        foreach (var delivery in applied.Environment.Deliveries.ToList())
        {
            await TryAsync(caller, applied.Order, services => DeliverAsync(services, delivery, applied.Order, cancellationToken)).ConfigureAwait(false);
        }
    }

    private Task RunLastStepAsync(IServiceProvider services, AppliedOrder applied, CancellationToken cancellationToken)
    {
        var type = (OrderType)services.GetRequiredService(applied.Type.ClrType);
        var stored = new StoredOrder(applied.Order, applied.Items, type, applied.Type.Version, documents.Stored);
        return type.BeginApply(stored, applied.Environment).AfterAsync(cancellationToken);
    }

    private async Task DeliverAsync(IServiceProvider services, Delivery delivery, WorkOrder order, CancellationToken cancellationToken)
    {
        var handlers = delivery.FindHandlers(services);
        foreach (var handle in handlers)
        {
            await TryAsync(order, () => handle(cancellationToken)).ConfigureAwait(false);
        }

        if (handlers.Count == 0)
        {
            log.MessageWithoutHandler(delivery.MessageType.Name, order.Id);
        }
    }

    private Task TryAsync(IServiceProvider caller, WorkOrder order, Func<IServiceProvider, Task> step) => TryAsync(order, async () =>
    {
        using var tenant = TenantFlow.Enter(TenantScope.Of(order.TenantId));
        var scope = await scopes.CreateForAsync(caller).ConfigureAwait(false);
        await using (scope.ConfigureAwait(false))
        {
            await step(scope.ServiceProvider).ConfigureAwait(false);
        }
    });

    private async Task TryAsync(WorkOrder order, Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The change is committed: whatever the host's code throws now, the caller must not take it for a failed apply.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            log.AfterCommitFailed(failure, order.Id);
        }
    }
}
