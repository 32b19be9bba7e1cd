using System.Diagnostics.CodeAnalysis;
using WorkManager.Hosting.Handlers;

namespace WorkManager;

/// <summary>Runs a handler as a worker would, without a host and without a database.</summary>
/// <remarks>One object is one lease: after a refused result, say so by <see cref="RefusedFor"/> and run the handler again.</remarks>
public sealed class WorkHandlerTest
{
    private readonly TimeProvider time;
    private readonly Held held = new();

    /// <summary>Runs handlers by the clock of the system.</summary>
    public WorkHandlerTest()
        : this(TimeProvider.System)
    {
    }

    /// <summary>Runs handlers by a clock of the test's.</summary>
    /// <param name="time">The clock that <see cref="Timeout"/> goes by. Give it to the handler, too, if that asks for the time.</param>
    public WorkHandlerTest(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        this.time = time;
    }

    /// <summary>How long a call of the handler may take until it is asked to stop, as <see cref="WorkerOptions.Timeout"/> says it of a worker's.</summary>
    /// <value>Null by default: for any time.</value>
    public TimeSpan? Timeout { get; set; }

    /// <summary>What <see cref="WorkContext.RefusedFor"/> says in the next call.</summary>
    public IReadOnlyList<ValidationError> RefusedFor { get; set; } = [];

    /// <summary>What <see cref="WorkContext.EarlierFailures"/> says.</summary>
    public IReadOnlyList<WorkFailure> EarlierFailures
    {
        get => held.EarlierFailures;
        set => held.EarlierFailures = value;
    }

    /// <summary>What <see cref="WorkContext.Attempt"/> says.</summary>
    /// <value>1 by default.</value>
    public int Attempt
    {
        get => held.Attempt;
        set => held.Attempt = value;
    }

    /// <summary>What <see cref="WorkContext.TenantId"/> says.</summary>
    /// <value>Empty by default.</value>
    public string TenantId
    {
        get => held.TenantId;
        set => held.TenantId = value;
    }

    /// <summary>What <see cref="WorkContext.OrderId"/> says.</summary>
    public Guid OrderId
    {
        get => held.OrderId;
        set => held.OrderId = value;
    }

    /// <summary>What the handler has reported by <see cref="WorkContext.ReportProgress"/>; null if nothing.</summary>
    public int? Progress => held.Progress;

    /// <summary>Asks the handler to stop, as a worker does: <see cref="WorkContext.StopReason"/> says why, and its token is cancelled.</summary>
    /// <param name="reason">Why.</param>
    public void Stop(WorkStopReason reason) => held.StopFor(reason);

    /// <summary>Calls the handler.</summary>
    /// <typeparam name="TInput">The input of the order type.</typeparam>
    /// <typeparam name="TResult">The result of the order type.</typeparam>
    /// <param name="handler">The handler.</param>
    /// <param name="input">What is to be done.</param>
    /// <returns>
    /// What the handler returned, or what a <see cref="WorkFailedException"/> or <see cref="WorkSnoozedException"/> said. Any other exception is thrown: a
    /// worker would take it for a failure, and a test should see it.
    /// </returns>
    public async Task<WorkResult<TResult>> RunAsync<TInput, TResult>(IWorkHandler<TInput, TResult> handler, TInput input)
        where TInput : notnull
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(handler);
        using var timeout = Timeout is { } limit
            ? time.CreateTimer(_ => Stop(WorkStopReason.Timeout), null, limit, System.Threading.Timeout.InfiniteTimeSpan)
            : null;
        try
        {
            var work = new WorkContext<TInput>(held, input) { RefusedFor = RefusedFor };
            return await handler.HandleAsync(work, held.Stopped).ConfigureAwait(false);
        }
        catch (WorkFailedException failed)
        {
            return failed.Failure;
        }
        catch (WorkSnoozedException snoozed)
        {
            return snoozed.Snooze;
        }
    }

    [SuppressMessage("Reliability", "CA1001", Justification = "Its source has no timer, and a test need not dispose of anything.")]
    private sealed class Held : IHeldWork
    {
        private readonly CancellationTokenSource stop = new();

        public LeaseToken Token { get; } = new(new Guid(1, 0, 0, new byte[8]), 1);

        public Guid OrderId { get; set; } = new(2, 0, 0, new byte[8]);

        public string TenantId { get; set; } = "";

        public int Attempt { get; set; } = 1;

        public IReadOnlyList<WorkFailure> EarlierFailures { get; set; } = [];

        public WorkStopReason? StopReason { get; private set; }

        public int? Progress { get; set; }

        public CancellationToken Stopped => stop.Token;

        public void StopFor(WorkStopReason reason)
        {
            StopReason ??= reason;
            stop.Cancel();
        }
    }
}
