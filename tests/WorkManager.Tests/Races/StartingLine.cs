namespace WorkManager.Tests.Races;

/// <summary>Lets tasks go on at once, when the last of them has arrived.</summary>
internal sealed class StartingLine(int runners)
{
    private readonly TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int missing = runners;

    public Task WaitAsync()
    {
        if (Interlocked.Decrement(ref missing) == 0)
        {
            open.SetResult();
        }

        // Somebody who failed on the way never arrives: the others must not wait for ever.
        return open.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }
}
