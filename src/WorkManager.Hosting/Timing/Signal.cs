namespace WorkManager.Hosting.Timing;

/// <summary>Wakes one loop that waits. A signal that comes while it is awake ends its next wait at once.</summary>
internal sealed class Signal(TimeProvider time)
{
    private TaskCompletionSource set = New();

    public void Set() => Volatile.Read(ref set).TrySetResult();

    /// <summary>Waits for the signal, for a time, or until it is cancelled, whichever is first. It does not throw: look at what has changed.</summary>
    public async Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        await Volatile.Read(ref set).Task.WaitAsync(limit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Whoever signals does so after its change: a signal of before this line is seen by whoever looks after it.
        if (Volatile.Read(ref set).Task.IsCompleted)
        {
            Volatile.Write(ref set, New());
        }
    }

    // Continuations run elsewhere: whoever signals goes on with its own work.
    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
