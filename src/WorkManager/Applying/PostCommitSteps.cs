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
            await DeliverAsync(caller, delivery, applied.Order, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task RunLastStepAsync(IServiceProvider services, AppliedOrder applied, CancellationToken cancellationToken)
    {
        var type = (OrderType)services.GetRequiredService(applied.Type.ClrType);
        var stored = new StoredOrder(applied.Order, applied.Items, applied.FailedItems, type, applied.Type.Version, documents.Stored);
        return type.BeginApply(stored, applied.Environment).AfterAsync(cancellationToken);
    }

    /// <summary>Calls each handler in a scope of its own: what one has left half done in its context is not another's.</summary>
    private async Task DeliverAsync(IServiceProvider caller, Delivery delivery, WorkOrder order, CancellationToken cancellationToken)
    {
        var handlers = 0;
        await TryAsync(caller, order, services =>
        {
            handlers = delivery.FindHandlers(services).Count;
            if (handlers == 0)
            {
                log.MessageWithoutHandler(delivery.MessageType.Name, order.Id);
            }

            return Task.CompletedTask;
        }).ConfigureAwait(false);

        for (var i = 0; i < handlers; i++)
        {
            var place = i;
            await TryAsync(caller, order, services => delivery.FindHandlers(services)[place](cancellationToken)).ConfigureAwait(false);
        }
    }

    private async Task TryAsync(IServiceProvider caller, WorkOrder order, Func<IServiceProvider, Task> step)
    {
        try
        {
            using var tenant = TenantFlow.Enter(TenantScope.Of(order.TenantId));
            var scope = await scopes.CreateForAsync(caller).ConfigureAwait(false);
            await using (scope.ConfigureAwait(false))
            {
                await step(scope.ServiceProvider).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // The change is committed: whatever the host's code throws now, the caller must not take it for a failed apply.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            log.AfterCommitFailed(failure, order.Id);
        }
    }
}
