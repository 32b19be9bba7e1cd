using Npgsql;

namespace WorkManager.Load.Measuring;

/// <summary>Does again what PostgreSQL has chosen to end a deadlock with, and counts it: a second of standing still each time.</summary>
/// <remarks>
/// A claim skips what is locked, but not always: where a row was changed twice since the statement began, PostgreSQL waits for the second change
/// even under SKIP LOCKED. Whoever is chosen has written nothing.
/// </remarks>
internal static class Deadlocks
{
    private static int count;

    public static int Take() => Interlocked.Exchange(ref count, 0);

    public static async Task<T> RetryAsync<T>(Func<Task<T>> operation)
    {
        while (true)
        {
            try
            {
                return await operation();
            }
            catch (Exception failure) when (failure.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected })
            {
                Interlocked.Increment(ref count);
            }
        }
    }
}
