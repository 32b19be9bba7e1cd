using WorkManager;

namespace Countries.Agents;

/// <summary>Keeps a lease alive for as long as its holder works.</summary>
internal static class Heartbeat
{
    /// <summary>Beats once at the start, which says that work has begun, and then as often as the lease asks for.</summary>
    /// <returns>The result of the work, and how often the lease was extended meanwhile.</returns>
    public static async Task<(T Result, int Beats)> WhileAsync<T>(
        IWorkOrderManager work, WorkLease lease, TimeProvider time, Func<Task<T>> job, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var beating = BeatAsync(work, lease, time, done.Token);
        T result;
        int beats;
        try
        {
            result = await job();
        }
        finally
        {
            await done.CancelAsync();
            beats = await beating;
        }

        return (result, beats);
    }

    private static async Task<int> BeatAsync(IWorkOrderManager work, WorkLease lease, TimeProvider time, CancellationToken done)
    {
        var beats = 0;
        try
        {
            using var timer = new PeriodicTimer(lease.HeartbeatEvery, time);
            do
            {
                await work.HeartbeatAsync(lease, done);
                beats++;
            }
            while (await timer.WaitForNextTickAsync(done));
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
        }

        return beats;
    }
}
