namespace WorkManager.Execution;

/// <summary>Raises <see cref="IWorkQueueSignal.WorkQueued"/> for what is committed.</summary>
internal sealed class WorkQueueSignal : IWorkQueueSignal, ICommitSubscriber
{
    public event Action<string>? WorkQueued;

    public Task<IReadOnlyList<CommittedFact>> OnCommittedAsync(CommittedFact fact, WorkSession session, CancellationToken cancellationToken)
    {
        if (fact is ItemsQueued queued && WorkQueued is { } listeners)
        {
            foreach (var listener in Delegate.EnumerateInvocationList(listeners))
            {
                foreach (var orderType in queued.OrderTypes)
                {
                    Tell(listener, orderType);
                }
            }
        }

        return Task.FromResult<IReadOnlyList<CommittedFact>>([]);
    }

    private static void Tell(Action<string> listener, string orderType)
    {
        try
        {
            listener(orderType);
        }
        catch (Exception)
        {
            // A hint that was not taken. Whoever waits for work asks in a while.
        }
    }
}
