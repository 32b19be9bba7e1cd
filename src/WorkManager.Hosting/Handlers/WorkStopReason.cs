namespace WorkManager;

/// <summary>Why a handler is asked to stop.</summary>
public enum WorkStopReason
{
    /// <summary>The host shuts down. The item goes back to the queue, and that costs no attempt. A result that comes in time is stored.</summary>
    Draining,

    /// <summary>The lease has ended, or the database could not be reached until just before its end. Nothing more is written for it.</summary>
    LeaseLost,

    /// <summary>The order was closed, for example cancelled. Nothing more is written for it.</summary>
    OrderClosed,

    /// <summary>The handler took longer than <see cref="WorkerOptions.Timeout"/>. That costs an attempt (<c>handler_timeout</c>).</summary>
    Timeout,
}
