using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WorkManager.Hosting.Timing;

namespace WorkManager.Hosting.Leases;

/// <summary>Keeps the leases of this process alive: one heartbeat for all of them. It stops the work on those that are lost.</summary>
internal sealed class LeaseKeeper(TimeProvider time, ILogger<LeaseKeeper> log)
{
    private const int MostInACall = 1000;

    private static readonly TimeSpan Idle = TimeSpan.FromHours(1);

    // How long after it was asked to stop a handler counts as stuck.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<LeaseToken, HeldLease> held = new();
    private readonly Signal changed = new(time);

    // Until when the loop sleeps, as a timestamp; the highest while it is awake.
    private long sleepsUntil = long.MaxValue;

    private volatile Task beating = Task.CompletedTask;

    // How many heartbeats in a row came to nothing.
    private int failures;

    /// <summary>What this process holds.</summary>
    public ICollection<HeldLease> Held => held.Values;

    /// <summary>Whether heartbeats are under way, and are waited for.</summary>
    public bool IsBeating => !beating.IsCompleted;

    /// <summary>How many handlers do not stop although they were asked to.</summary>
    public int StuckCount => held.Values.Count(h => h.IsStuck);

    public HeldLease Add(WorkLease lease, IWorkOrderManager manager, long askedAt)
    {
        var added = new HeldLease(lease, manager, time, askedAt);
        held[added.Token] = added;
        WakeFor(added.NextBeat - added.Age);
        return added;
    }

    /// <summary>The lease has ended, or its handler has.</summary>
    public void Remove(HeldLease ended) => held.TryRemove(ended.Token, out _);

    /// <summary>The lease is stopped: it is looked at again when its handler should have ended.</summary>
    public void Stop(HeldLease lease, WorkStopReason reason)
    {
        lease.TryStop(reason);
        WakeFor(Patience);
    }

    /// <summary>Sends heartbeats until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            LookAtEnds();
            if (beating.IsCompleted)
            {
                beating = BeatWhatIsDueAsync();
                _ = WakeAfterAsync(beating);
            }

            var sleep = UntilNext(canBeat: beating.IsCompleted);
            Volatile.Write(ref sleepsUntil, TimestampIn(sleep));
            await changed.WaitAsync(sleep, cancellationToken).ConfigureAwait(false);
            // From here on every change is a reason to look again.
            Volatile.Write(ref sleepsUntil, long.MaxValue);
        }
    }

    private void LookAtEnds()
    {
        foreach (var lease in held.Values)
        {
            if (!lease.IsLost && lease.Age >= lease.LastMoment)
            {
                log.LeaseNotRenewed(lease.Token.ItemId);
                lease.TryStop(WorkStopReason.LeaseLost);
            }

            // One that still waits for a place has no handler that could be stuck.
            if (lease is { HasBegun: true, IsStuck: false } && lease.StoppedFor >= Patience)
            {
                log.HandlerStuck(lease.Lease.Item.OrderType, lease.Token.ItemId, lease.StopReason!.Value);
                lease.GiveUp();
            }
        }
    }

    private Task BeatWhatIsDueAsync()
    {
        // Those that would be due soon go along: one statement is enough for all.
        var alive = held.Values.Where(NeedsBeats).ToList();
        return alive.Exists(l => l.Age >= l.NextBeat)
            ? BeatAsync([.. alive.Where(l => l.Age >= l.NextBeat - (l.Ttl / 6))])
            : Task.CompletedTask;
    }

    // What is lost is not held any more. A stuck handler must not keep its item from others.
    private static bool NeedsBeats(HeldLease lease) => !lease.IsLost && !lease.IsStuck;

    private async Task BeatAsync(List<HeldLease> leases)
    {
        foreach (var group in leases.GroupBy(l => (l.Manager, Reports: l.Progress is not null)).SelectMany(g => g.Chunk(MostInACall)))
        {
            await BeatAsync(group[0].Manager, group).ConfigureAwait(false);
        }
    }

    // Only when they have ended: a loop that looks before would sleep without a thought of the next ones.
    private async Task WakeAfterAsync(Task beats)
    {
        if (!beats.IsCompleted)
        {
            await beats.ConfigureAwait(false);
            changed.Set();
        }
    }

    private async Task BeatAsync(IWorkOrderManager manager, HeldLease[] leases)
    {
        // A call that hangs must not keep the next one from being sent, and one to SQLite takes the thread with it. If its answer comes late, it counts all the
        // same.
        var limit = leases.Min(l => l.Ttl) / 3;
        var askedAt = time.GetTimestamp();
        var beat = Task.Run(() => TryBeatAsync(manager, leases, askedAt));
        await ((Task)beat).WaitAsync(limit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var failure = beat.IsCompleted ? await beat.ConfigureAwait(false) : new TimeoutException($"There was no answer within {limit}.");
        if (failure is null)
        {
            EndFailures();
            return;
        }

        Array.ForEach(leases, l => l.BeatAgainSoon());
        if (failures++ == 0)
        {
            log.HeartbeatFailed(leases.Length, failure);
        }
    }

    private void EndFailures()
    {
        if (failures > 0)
        {
            log.HeartbeatsAreBack(failures);
            failures = 0;
        }
    }

    /// <summary>Sends a heartbeat, and takes its answer.</summary>
    /// <returns>Why it failed; null if it did not.</returns>
    private async Task<Exception?> TryBeatAsync(IWorkOrderManager manager, HeldLease[] leases, long askedAt)
    {
        try
        {
            var outcomes = await SendAsync(manager, leases).ConfigureAwait(false);
            foreach (var (lease, outcome) in leases.Zip(outcomes))
            {
                await TakeAsync(lease, outcome, askedAt).ConfigureAwait(false);
            }

            // Nobody may have waited for this.
            changed.Set();
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    private static Task<IReadOnlyList<WorkOutcome<DateTimeOffset>>> SendAsync(IWorkOrderManager manager, HeldLease[] leases) =>
        // Most report nothing, and then a heartbeat alone writes less.
        leases[0].Progress is null
            ? manager.HeartbeatManyAsync(Array.ConvertAll(leases, l => l.Token), CancellationToken.None)
            : manager.ReportProgressManyAsync(Array.ConvertAll(leases, l => new LeaseProgress(l.Token, l.Progress ?? 0)), CancellationToken.None);

    private async Task TakeAsync(HeldLease lease, WorkOutcome<DateTimeOffset> outcome, long askedAt)
    {
        switch (outcome.Error)
        {
            case null:
                lease.Renew(askedAt);
                break;
            case LeaseLostException when lease.IsEnding:
                // Whoever writes what came of it learns whether that, or somebody else, has ended the lease.
                break;
            case LeaseLostException lost:
                log.LeaseLost(lease.Token.ItemId, lost.Reason);
                Stop(lease, await ReasonAsync(lease, lost.Reason).ConfigureAwait(false));
                break;
            case WorkNotFoundException:
                Stop(lease, WorkStopReason.OrderClosed);
                break;
            default:
                lease.BeatAgainSoon();
                break;
        }
    }

    private static async Task<WorkStopReason> ReasonAsync(HeldLease lease, LeaseLostReason lost)
    {
        if (lost != LeaseLostReason.NotLeased)
        {
            return WorkStopReason.LeaseLost;
        }

        try
        {
            var order = await lease.Manager.GetAsync(lease.OrderId, OrderParts.None, CancellationToken.None).ConfigureAwait(false);
            return order.State is OrderState.Completed or OrderState.Rejected or OrderState.DeadLettered
                ? WorkStopReason.OrderClosed : WorkStopReason.LeaseLost;
        }
        catch (WorkNotFoundException)
        {
            return WorkStopReason.OrderClosed;
        }
        catch (Exception)
        {
            // It is lost in any case.
            return WorkStopReason.LeaseLost;
        }
    }

    private TimeSpan UntilNext(bool canBeat)
    {
        var next = Idle;
        foreach (var lease in held.Values)
        {
            if (!lease.IsLost)
            {
                next = Earlier(next, lease.LastMoment - lease.Age);
            }

            if (canBeat && NeedsBeats(lease))
            {
                next = Earlier(next, lease.NextBeat - lease.Age);
            }

            if (lease is { HasBegun: true, IsStopped: true, IsStuck: false })
            {
                next = Earlier(next, Patience - lease.StoppedFor);
            }
        }

        return next > TimeSpan.Zero ? next : TimeSpan.Zero;
    }

    // A loop that would wake in time anyway is left alone: most leases end before their first heartbeat.
    private void WakeFor(TimeSpan wait)
    {
        if (Volatile.Read(ref sleepsUntil) > TimestampIn(wait))
        {
            changed.Set();
        }
    }

    private long TimestampIn(TimeSpan wait) => time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
