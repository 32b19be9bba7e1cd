using System.Collections.Concurrent;

namespace WorkManager.Execution;

/// <summary>
/// Lets the writers of this process take turns at a database that allows one writer at a time. They wait here asynchronously; in the database they would
/// block threads.
/// </summary>
internal static class WriterGate
{
    // Static, and not per service container: two containers may write to one file.
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Gates = new(StringComparer.Ordinal);

    public static async Task<IDisposable?> EnterAsync(string? database, CancellationToken cancellationToken)
    {
        if (database is null)
        {
            return null;
        }

        var gate = Gates.GetOrAdd(database, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Turn(gate);
    }

    private sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
