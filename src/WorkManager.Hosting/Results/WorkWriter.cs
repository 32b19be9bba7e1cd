using WorkManager.Hosting.Leases;

namespace WorkManager.Hosting.Results;

/// <summary>Writes results, failures and snoozes.</summary>
internal sealed class WorkWriter<TResult>
    where TResult : notnull
{
    private readonly TimeProvider time;
    private readonly Batcher<WorkResult<TResult>> results;
    private readonly Batcher<WorkFailure> failures;
    private readonly Batcher<WorkSnooze> snoozes;

    public WorkWriter(TimeProvider time, IWorkOrderManager manager)
    {
        this.time = time;
        results = new(time, batch => manager.SubmitManyAsync<TResult>(
            [.. batch.Select(b => new Submission<TResult>(b.Lease.Lease, b.What.Result!, b.What.Options))], CancellationToken.None));
        failures = new(time, batch => manager.FailManyAsync([.. batch.Select(b => new FailedAttempt(b.Lease.Token, b.What))], CancellationToken.None));
        snoozes = new(time, batch => SnoozeAsync(manager, batch));
    }

    public async Task<WriteOutcome> WriteAsync(HeldLease lease, WorkResult<TResult> what)
    {
        lease.IsEnding = true;
        var written = await (what.Failure is { } failure ? failures.WriteAsync(lease, failure)
            : what.Snooze is { } snooze ? snoozes.WriteAsync(lease, snooze)
            : results.WriteAsync(lease, what)).ConfigureAwait(false);
        // What is refused leaves the lease as it was.
        lease.IsEnding = written.IsWritten;
        return written;
    }

    private async Task<IReadOnlyList<WorkOutcome<WorkItem>>> SnoozeAsync(
        IWorkOrderManager manager, IReadOnlyList<(HeldLease Lease, WorkSnooze What)> batch)
    {
        var now = time.GetUtcNow();
        var outcomes = new Dictionary<HeldLease, WorkOutcome<WorkItem>>();
        // A call is for one time and reason. Many that come together have them in common: a service that is away, a file that is not there yet.
        foreach (var alike in batch.GroupBy(b => b.What, b => b.Lease))
        {
            var options = new ReleaseOptions { NotBefore = alike.Key.Delay > TimeSpan.Zero ? now + alike.Key.Delay : null, Reason = alike.Key.Reason };
            var released = await manager.ReleaseManyAsync([.. alike.Select(l => l.Token)], options, CancellationToken.None).ConfigureAwait(false);
            foreach (var (lease, outcome) in alike.Zip(released))
            {
                outcomes[lease] = outcome;
            }
        }

        return [.. batch.Select(b => outcomes[b.Lease])];
    }
}
