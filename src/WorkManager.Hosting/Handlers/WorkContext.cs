using WorkManager.Hosting.Handlers;

namespace WorkManager;

/// <summary>An item that a handler works on.</summary>
public abstract class WorkContext
{
    private readonly IHeldWork held;

    private protected WorkContext(IHeldWork held) => this.held = held;

    /// <summary>The lease: what to show with calls of your own, such as those of <see cref="IWorkOrderManager"/>.</summary>
    public LeaseToken Lease => held.Token;

    /// <summary>The item.</summary>
    public Guid ItemId => held.Token.ItemId;

    /// <summary>The order that the item belongs to.</summary>
    public Guid OrderId => held.OrderId;

    /// <summary>The tenant of the order.</summary>
    public string TenantId => held.TenantId;

    /// <summary>Which attempt this is: 1 for the first. Work that was handed back, because of a shutdown for example, was none.</summary>
    public int Attempt => held.Attempt;

    /// <summary>What came of the last 20 leases of the item, the oldest first; see <see cref="WorkLease.EarlierFailures"/>.</summary>
    public IReadOnlyList<WorkFailure> EarlierFailures => held.EarlierFailures;

    /// <summary>
    /// Why the result that this handler returned before was refused: it is called again with these errors, up to <see cref="WorkerOptions.MaxRepairs"/> times.
    /// </summary>
    /// <value>Empty in the first call.</value>
    public IReadOnlyList<ValidationError> RefusedFor { get; internal set; } = [];

    /// <summary>Why the handler must stop; null as long as it need not.</summary>
    public WorkStopReason? StopReason => held.StopReason;

    /// <summary>Says how far the work has come. It is sent with the next heartbeat.</summary>
    /// <param name="percent">0 to 100. It may fall.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not 0 to 100.</exception>
    public void ReportProgress(int percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        held.Progress = percent;
    }
}
