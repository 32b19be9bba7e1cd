using System.Diagnostics.CodeAnalysis;
using WorkManager.Hosting.Handlers;

namespace WorkManager.Hosting.Leases;

/// <summary>A lease that this process holds, until its result is stored, it is given back or it is lost.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Its source has no timer. A handler may use the token after the lease has ended.")]
internal sealed class HeldLease : IHeldWork
{
    private const int None = -1;

    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly long grantedAt;
    private long renewedAt;
    private long stoppedAt;
    private bool hasBegun;
    private int stopReason = None;
    private int progress = None;

    /// <param name="lease">The lease.</param>
    /// <param name="manager">Who was granted it.</param>
    /// <param name="time">The clock of this process.</param>
    /// <param name="askedAt">When the lease was asked for: it lasts at least its time from then on, whatever the clock of the database says.</param>
    public HeldLease(WorkLease lease, IWorkOrderManager manager, TimeProvider time, long askedAt)
    {
        Lease = lease;
        Manager = manager;
        this.time = time;
        renewedAt = grantedAt = askedAt;
        NextBeat = Ttl / 3;
        Stop = stop.Token;
    }

    public WorkLease Lease { get; }

    public IWorkOrderManager Manager { get; }

    public LeaseToken Token => Lease.Token;

    public Guid OrderId => Lease.OrderId;

    public string TenantId => Lease.Item.TenantId;

    public int Attempt => Lease.Item.Attempts + 1;

    public IReadOnlyList<WorkFailure> EarlierFailures => Lease.EarlierFailures;

    /// <summary>Cancelled when the work must stop.</summary>
    public CancellationToken Stop { get; }

    public WorkStopReason? StopReason => Volatile.Read(ref stopReason) is var reason and not None ? (WorkStopReason)reason : null;

    public bool IsStopped => StopReason is not null;

    /// <summary>Whether nothing is to be written for it any more.</summary>
    public bool IsLost => StopReason is WorkStopReason.LeaseLost or WorkStopReason.OrderClosed;

    /// <summary>Whether somebody has begun with it.</summary>
    public bool HasBegun => Volatile.Read(ref hasBegun);

    /// <summary>Ends when its handler should have stopped long ago.</summary>
    public Task Stuck => stuck.Task;

    /// <summary>Whether its handler does not stop.</summary>
    public bool IsStuck => stuck.Task.IsCompleted;

    /// <summary>Whether what came of it is being written: if that has ended the lease, it is not lost.</summary>
    public bool IsEnding { get; set; }

    public TimeSpan Ttl => Lease.Ttl;

    /// <summary>How long it has been held.</summary>
    public TimeSpan HeldFor => time.GetElapsedTime(grantedAt);

    /// <summary>How long after the last renewal the next heartbeat is due.</summary>
    public TimeSpan NextBeat { get; private set; }

    /// <summary>How long ago it was renewed for the last time, or granted.</summary>
    public TimeSpan Age => time.GetElapsedTime(Volatile.Read(ref renewedAt));

    /// <summary>How long ago it was stopped; zero if it was not.</summary>
    public TimeSpan StoppedFor => IsStopped ? time.GetElapsedTime(stoppedAt) : TimeSpan.Zero;

    /// <summary>At which age it is given up if it could not be renewed: just before it runs out.</summary>
    public TimeSpan LastMoment => Ttl - TimeSpan.FromTicks(Math.Min(Ttl.Ticks / 10, TimeSpan.TicksPerSecond));

    public int? Progress
    {
        get => Volatile.Read(ref progress) is var percent and not None ? percent : null;
        set => Volatile.Write(ref progress, value ?? None);
    }

    /// <summary>It lasts its time from this moment on. Answers may come in another order than they were asked for.</summary>
    public void Renew(long askedAt)
    {
        lock (gate)
        {
            if (askedAt > renewedAt)
            {
                Volatile.Write(ref renewedAt, askedAt);
                NextBeat = Ttl / 3;
            }
        }
    }

    /// <summary>A heartbeat did not come through: the next one is sent sooner.</summary>
    public void BeatAgainSoon() => NextBeat = Age + TimeSpan.FromTicks(Math.Min(Ttl.Ticks / 10, 5 * TimeSpan.TicksPerSecond));

    /// <summary>Somebody begins with it: its handler, or whoever gives it back because none has begun.</summary>
    /// <returns>Whether nobody had begun before.</returns>
    public bool TryBegin() => !Interlocked.Exchange(ref hasBegun, true);

    /// <summary>Its handler does not stop: nothing more is done for it.</summary>
    public void GiveUp() => stuck.TrySetResult();

    /// <summary>Asks the handler to stop. The first reason counts; but a lease is lost, whatever was said before.</summary>
    public void TryStop(WorkStopReason reason)
    {
        lock (gate)
        {
            var isLost = reason is WorkStopReason.LeaseLost or WorkStopReason.OrderClosed;
            if (IsLost || (IsStopped && !isLost))
            {
                return;
            }

            if (!IsStopped)
            {
                stoppedAt = time.GetTimestamp();
            }

            Volatile.Write(ref stopReason, (int)reason);
        }

        // What handlers have registered with their token runs elsewhere, and its exceptions are theirs.
        _ = stop.CancelAsync();
    }
}
