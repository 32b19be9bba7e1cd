using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Execution;
using WorkManager.OrderTypes;

namespace WorkManager.Applying;

/// <summary>Approves a submitted order whose type says so. A failure leaves it submitted, for somebody to look at.</summary>
internal sealed class AutoApprove(
    IServiceProvider root, IServiceScopeFactory scopes, OrderTypeRegistry types, ApproveOrder approve, ILogger<AutoApprove>? log = null)
    : IOrderSubmittedFollowUp
{
    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    private static readonly Actor Approver = Actor.System("auto-approve");

    public async Task RunAsync(OrderSubmitted submitted, CancellationToken cancellationToken)
    {
        try
        {
            if (!await IsAutomaticAsync(submitted.OrderType).ConfigureAwait(false))
            {
                return;
            }

            // Asked for here: the runner runs the follow-ups, so it cannot be one of their dependencies.
            var runner = root.GetRequiredService<OperationRunner>();
            var request = new ApproveRequest(submitted.OrderId, null, "auto_approve");
            await runner.RunAsync(approve, new WorkSession(null, null, Approver), request, cancellationToken).ConfigureAwait(false);
        }
        catch (OrderNotReadyException notReady)
        {
            log.AutoApprovalWaits(submitted.OrderId, notReady.Message);
        }
#pragma warning disable CA1031 // The submit that led here is committed, and must be answered as such.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            log.AutoApprovalFailed(failure, submitted.OrderId);
        }
    }

    private async Task<bool> IsAutomaticAsync(string typeKey)
    {
        var scope = scopes.CreateAsyncScope();
        await using var disposal = scope.ConfigureAwait(false);
        return ((OrderType)scope.ServiceProvider.GetRequiredService(types.Get(typeKey).ClrType)).AutoApprove;
    }
}
