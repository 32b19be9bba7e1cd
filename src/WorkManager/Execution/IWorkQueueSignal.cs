namespace WorkManager;

/// <summary>Says in this process that there may be work, so that whoever waits for some can ask at once.</summary>
/// <remarks>
/// A singleton. It is a hint, and no more: what other processes do is not told, nor what is part of a transaction of yours, nor that the time of an item has
/// come.
/// </remarks>
public interface IWorkQueueSignal
{
    /// <summary>
    /// Is raised with the key of an order type after orders of it were proposed, cloned, retried, resumed or returned for rework. Handlers must be quick: the
    /// call that has put the work into the queue waits for them. What they throw is ignored.
    /// </summary>
    event Action<string>? WorkQueued;
}
