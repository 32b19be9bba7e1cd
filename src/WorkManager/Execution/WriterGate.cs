using System.Collections.Concurrent;

namespace WorkManager.Execution;

/// <summary>Lets one writer of this process at a time into a database that has one writer anyway, so that tasks wait and no threads.</summary>
internal static class WriterGate
{
    // Of the process, not of a container: two containers may write to one file.
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
