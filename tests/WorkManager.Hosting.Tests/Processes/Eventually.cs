namespace WorkManager.Hosting.Tests.Processes;

/// <summary>Waits for what other processes do.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <summary>Waits until something is so.</summary>
    public static async Task IsSoAsync(Func<Task<bool>> isSo)
    {
        using var late = new CancellationTokenSource(Deadline);
        while (!await isSo())
        {
            late.Token.ThrowIfCancellationRequested();
            await Task.Delay(50, CancellationToken.None);
        }
    }
}
