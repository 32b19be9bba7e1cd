using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Hosting.Diagnostics;
using WorkManager.Hosting.Leases;
using WorkManager.Hosting.Results;

namespace WorkManager.Hosting.Workers;

/// <summary>Has items worked on by a handler, each in a scope of its own.</summary>
internal sealed class Worker<TInput, TResult> : Worker
    where TInput : notnull
    where TResult : notnull
{
    private const int LongestMessage = 10_000;

    private readonly Type handlerType;
    private readonly WorkWriter<TResult> writer;

    public Worker(IServiceProvider services, string name, string orderType, Type handlerType)
        : base(services, name, orderType)
    {
        this.handlerType = handlerType;
        writer = new WorkWriter<TResult>(Time, Manager);
    }

    protected override async Task<bool> HandleAsync(HeldLease lease)
    {
        using var activity = WorkActivity.Start(lease.Lease, Name);
        var (outcome, failure) = await WorkAsync(lease).ConfigureAwait(false);
        WorkActivity.End(activity, outcome, failure);
        Metrics.Handled(Name, outcome, lease.HeldFor);
        return outcome != WorkEnd.HandedBack;
    }

    private async Task<(WorkEnd End, Exception? Failure)> WorkAsync(HeldLease lease)
    {
        TInput input;
        try
        {
            input = lease.Lease.Input<TInput>();
        }
        catch (WorkManagerException unreadable)
        {
            // Another attempt would read the same.
            return await WriteAsync(lease, new WorkFailure(unreadable.Code, Cut(unreadable.Message)) { Retryable = false }, unreadable).ConfigureAwait(false);
        }

        var scope = Services.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            return await WorkAsync(lease, new WorkContext<TInput>(lease, input), scope.ServiceProvider).ConfigureAwait(false);
        }
    }

    private async Task<(WorkEnd End, Exception? Failure)> WorkAsync(HeldLease lease, WorkContext<TInput> work, IServiceProvider scope)
    {
        for (var repairs = 0; ; repairs++)
        {
            var called = CallAsync(lease, work, scope);
            if (await Task.WhenAny(called, lease.Stuck).ConfigureAwait(false) != called)
            {
                return await GiveUpAsync(lease, called).ConfigureAwait(false);
            }

            var (what, failure) = await called.ConfigureAwait(false);
            if (lease.IsLost)
            {
                return (WorkEnd.Lost, failure);
            }

            if (what is null)
            {
                return (WorkEnd.HandedBack, failure);
            }

            var written = await writer.WriteAsync(lease, what).ConfigureAwait(false);
            if (written.Error is null || written.IsLost)
            {
                return (EndOf(what, written), failure);
            }

            if (!what.IsDone || written.Error is not WorkValidationException refused)
            {
                return await WriteAsync(lease, new WorkFailure(written.Error.Code, Cut(written.Error.Message)), written.Error).ConfigureAwait(false);
            }

            if (repairs == Options.MaxRepairs)
            {
                return await WriteAsync(lease, Refused(refused), refused).ConfigureAwait(false);
            }

            work.RefusedFor = refused.Errors;
        }
    }

    /// <summary>Calls the handler.</summary>
    /// <returns>What came of it; nothing if it stopped because it was asked to, and the item is to be given back.</returns>
    private async Task<(WorkResult<TResult>? What, Exception? Failure)> CallAsync(HeldLease lease, WorkContext<TInput> work, IServiceProvider scope)
    {
        // The caller has a loop to go on with, whatever the handler does before it first waits.
        await Task.Yield();
        using var timeout = Options.Timeout is { } limit
            ? Time.CreateTimer(_ => Keeper.Stop(lease, WorkStopReason.Timeout), null, limit, Timeout.InfiniteTimeSpan)
            : null;
        try
        {
            var handler = (IWorkHandler<TInput, TResult>)scope.GetRequiredService(handlerType);
            return await handler.HandleAsync(work, lease.Stop).ConfigureAwait(false) is { } what
                ? (what, null)
                : (new WorkFailure("handler_failed", "The handler returned null instead of a result."), null);
        }
        catch (WorkFailedException failed)
        {
            return (failed.Failure, failed);
        }
        catch (WorkSnoozedException snoozed)
        {
            return (snoozed.Snooze, null);
        }
        catch (Exception failure) when (lease.IsStopped)
        {
            // It was asked to stop, so this is how it ends. A cancellation that nobody asked for is another library's, and a failure as any other.
            return (lease.StopReason == WorkStopReason.Timeout ? new WorkResult<TResult>(TimedOut()) : null, failure);
        }
        catch (Exception failure)
        {
            Log.HandlerFailed(Name, lease.Token.ItemId, failure);
            return (Failed(failure), failure);
        }
    }

    /// <summary>The handler does not stop: its item goes to others, and whatever comes of it is dropped.</summary>
    private async Task<(WorkEnd End, Exception? Failure)> GiveUpAsync(HeldLease lease, Task<(WorkResult<TResult>? What, Exception? Failure)> called)
    {
        var end = lease.StopReason == WorkStopReason.Timeout ? await WriteAsync(lease, TimedOut(), null).ConfigureAwait(false) : (WorkEnd.Lost, null);
        await called.ConfigureAwait(false);
        Log.HandlerEndedLate(Name, lease.Token.ItemId);
        return end;
    }

    private async Task<(WorkEnd End, Exception? Failure)> WriteAsync(HeldLease lease, WorkFailure failure, Exception? cause) =>
        (EndOf(failure, await writer.WriteAsync(lease, failure).ConfigureAwait(false)), cause);

    private static WorkEnd EndOf(WorkResult<TResult> what, WriteOutcome written) =>
        !written.IsWritten ? WorkEnd.Lost
        : what.IsDone ? WorkEnd.Submitted
        : what.Snooze is not null ? WorkEnd.Snoozed : WorkEnd.Failed;

    private WorkFailure TimedOut() => new("handler_timeout", $"The handler took longer than {Options.Timeout}.");

    private static WorkFailure Failed(Exception failure)
    {
        var innermost = failure.GetBaseException();
        var message = innermost.Message is { Length: > 0 } said ? said : innermost.GetType().Name;
        return new("handler_failed", Cut(message), JsonSerializer.SerializeToElement(new { exception = innermost.GetType().FullName }));
    }

    private static WorkFailure Refused(WorkValidationException refused) => new(
        "result_refused", Cut(refused.Message),
        JsonSerializer.SerializeToElement(new { errors = refused.Errors.Select(e => new { field = e.Field, code = e.Code, message = e.Message }) }));

    // What cannot be stored would make the failure itself fail.
    private static string Cut(string message)
    {
        var storable = message.Replace('\0', ' ');
        return storable.Length <= LongestMessage ? storable : storable[..LongestMessage];
    }
}
