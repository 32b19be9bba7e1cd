using WorkManager.Hosting.Leases;
using WorkManager.Hosting.Timing;

namespace WorkManager.Hosting.Results;

/// <summary>
/// Writes what comes of leases, many in one call: what comes while a call runs goes with the next one, so nothing waits when there is little to do, and calls
/// grow when there is much.
/// </summary>
/// <typeparam name="T">What comes of a lease.</typeparam>
/// <param name="time">The clock.</param>
/// <param name="send">Writes some, and returns one outcome for each.</param>
internal sealed class Batcher<T>(TimeProvider time, Func<IReadOnlyList<(HeldLease Lease, T What)>, Task<IReadOnlyList<WorkOutcome<WorkItem>>>> send)
{
    // More calls at once would be smaller ones, and queue up at the database.
    private const int MostCalls = 3;

    private const int MostInACall = 200;

    private readonly Lock gate = new();
    private readonly Queue<Entry> waiting = new();
    private int calls;

    /// <summary>Writes it. Ends when it is written or refused, or when the lease is lost: a database that is away is waited for until then.</summary>
    public Task<WriteOutcome> WriteAsync(HeldLease lease, T what)
    {
        var entry = new Entry(lease, what, time);
        Add([entry]);
        return entry.Written.Task;
    }

    private void Add(IEnumerable<Entry> entries)
    {
        lock (gate)
        {
            foreach (var entry in entries)
            {
                waiting.Enqueue(entry);
            }

            if (calls >= MostCalls || waiting.Count == 0)
            {
                return;
            }

            calls++;
        }

        // Behind what the thread pool has to do already: other results that are about to come go along.
        _ = Task.Factory.StartNew(SendAllAsync, CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default).Unwrap();
    }

    private async Task SendAllAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            await SendAsync(batch).ConfigureAwait(false);
        }
    }

    private List<Entry> Take()
    {
        lock (gate)
        {
            var batch = new List<Entry>();
            while (batch.Count < MostInACall && waiting.TryDequeue(out var entry))
            {
                batch.Add(entry);
            }

            if (batch.Count == 0)
            {
                calls--;
            }

            return batch;
        }
    }

    private async Task SendAsync(List<Entry> batch)
    {
        try
        {
            var outcomes = await send(batch.ConvertAll(e => (e.Lease, e.What))).ConfigureAwait(false);
            var busy = new List<Entry>();
            foreach (var (entry, outcome) in batch.Zip(outcomes))
            {
                if (outcome.Error is WorkBusyException)
                {
                    busy.Add(entry);
                }
                else
                {
                    entry.Written.TrySetResult(new(outcome.Error));
                }
            }

            AddLater(busy);
        }
        catch (WorkManagerException refused) when (refused is not (WorkBusyException or WorkManagerSchemaException))
        {
            await SendAloneAsync(batch, refused).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The database is away, or gave no answer. What was written in spite of that is refused the next time.
            AddLater(batch);
        }
    }

    /// <summary>One of them keeps the others from being written, for example because they are too large together.</summary>
    private async Task SendAloneAsync(List<Entry> batch, WorkManagerException refused)
    {
        if (batch.Count == 1)
        {
            batch[0].Written.TrySetResult(new(refused));
            return;
        }

        foreach (var entry in batch)
        {
            await SendAsync([entry]).ConfigureAwait(false);
        }
    }

    private void AddLater(List<Entry> entries)
    {
        if (entries.Count > 0)
        {
            _ = AddLaterAsync(entries);
        }
    }

    private async Task AddLaterAsync(List<Entry> entries)
    {
        await Task.Delay(entries.Max(e => e.Pauses.Fail()), time).ConfigureAwait(false);
        foreach (var entry in entries.Where(e => e.Lease.IsLost))
        {
            entry.Written.TrySetResult(WriteOutcome.Lost);
        }

        Add(entries.Where(e => !e.Lease.IsLost));
    }

    private sealed record Entry(HeldLease Lease, T What, TimeProvider Time)
    {
        public TaskCompletionSource<WriteOutcome> Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Outage Pauses { get; } = new(Time);
    }
}
