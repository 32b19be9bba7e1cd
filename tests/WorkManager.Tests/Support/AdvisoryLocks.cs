namespace WorkManager.Tests.Support;

/// <summary>Locks that PostgreSQL keeps for an application.</summary>
internal static class AdvisoryLocks
{
    /// <summary>Waits until somebody waits for such a lock in a database.</summary>
    /// <param name="database">The database.</param>
    /// <param name="waiting">Who shall wait: it must not end before.</param>
    public static async Task UntilWaitedForAsync(TestDatabase database, Task waiting)
    {
        const string waiters =
            """
            SELECT count(*) FROM pg_locks
            WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await database.ScalarAsync(waiters) is 0L)
        {
            Assert.False(waiting.IsCompleted);
            await Task.Delay(TimeSpan.FromMilliseconds(10), patience.Token);
        }
    }
}
