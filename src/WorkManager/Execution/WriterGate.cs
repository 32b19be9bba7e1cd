using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace WorkManager.Execution;

/// <summary>
/// Lets the writers of this process take turns at a database that allows one writer at a time. They wait here asynchronously; in the database they would
/// block threads.
/// </summary>
internal static class WriterGate
{
    // Static, and not per service container: two containers may write to one file.
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> ByName = new(StringComparer.Ordinal);
    private static readonly ConditionalWeakTable<object, SemaphoreSlim> ByConnection = [];

    /// <summary>Waits for the turn of a writer.</summary>
    /// <param name="database">The name of the database, or the only connection to it; null if writers take no turns.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    public static async Task<IDisposable?> EnterAsync(object? database, CancellationToken cancellationToken)
    {
        if (database is null)
        {
            return null;
        }

        var gate = database is string name ? ByName.GetOrAdd(name, _ => new SemaphoreSlim(1)) : ByConnection.GetValue(database, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Turn(gate);
    }

    private sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
