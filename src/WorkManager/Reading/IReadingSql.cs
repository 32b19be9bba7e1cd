using WorkManager.Execution;

namespace WorkManager.Reading;

/// <summary>The SQL of reading, where databases differ.</summary>
internal interface IReadingSql
{
    /// <summary>Names the transactions that are committed at this moment; null if events are committed in the order of their ids.</summary>
    Task<string?> ReadSnapshotAsync(WorkRows rows);

    /// <summary>
    /// Reads the next events of an order or item: those that are in <see cref="EventPosition.Until"/> and not in <see cref="EventPosition.Since"/>.
    /// </summary>
    Task<IReadOnlyList<WorkEvent>> ListEventsAsync(WorkRows rows, EventOwner owner, EventPosition after, int limit, CancellationToken cancellationToken);

    /// <summary>Names the transactions that are committed at this moment; null if none of them wrote events that <paramref name="until"/> lacks.</summary>
    Task<string?> FindNewsAsync(WorkRows rows, EventOwner owner, string until);
}
