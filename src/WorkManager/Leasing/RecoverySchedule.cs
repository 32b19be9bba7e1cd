using System.Collections.Concurrent;

namespace WorkManager.Leasing;

/// <summary>
/// Says when a checkout looks for expired leases and due items although it got all that it asked for. Without that, nobody would look as long as the queue
/// never runs empty. One call per process and database does it, every few seconds.
/// </summary>
internal sealed class RecoverySchedule(TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, long> last = new(StringComparer.Ordinal);

    /// <summary>Whether it is this call's turn.</summary>
    /// <param name="database">What names the database.</param>
    public bool TakeTurn(string database)
    {
        var now = time.GetTimestamp();
        // The first call does not look: it may belong to a process that does little else.
        var before = last.GetOrAdd(database, now);
        return time.GetElapsedTime(before, now) >= Every && last.TryUpdate(database, now, before);
    }
}
