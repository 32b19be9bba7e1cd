namespace WorkManager;

/// <summary>What to do with a proposal whose <see cref="ProposeOptions.UniqueKey"/> an open order has already.</summary>
public enum OpenOrder
{
    /// <summary>Refuse the proposal: <see cref="AlreadyOpenException"/> names the open order.</summary>
    Refuse,

    /// <summary>
    /// Return the open order, without its items, and raise its priority to that of the proposal if it is lower. Whoever may propose may raise: an order of its
    /// own would be served as early.
    /// </summary>
    RaisePriority,
}
