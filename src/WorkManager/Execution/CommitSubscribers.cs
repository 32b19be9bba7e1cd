namespace WorkManager.Execution;

/// <summary>Tells each subscriber each committed fact, in the order of the commits.</summary>
internal sealed class CommitSubscribers(IEnumerable<ICommitSubscriber> subscribers)
{
    private readonly ICommitSubscriber[] subscribers = [.. subscribers];

    public async Task TellAsync(IReadOnlyList<CommittedFact> facts)
    {
        var untold = new Queue<CommittedFact>(facts);
        while (untold.TryDequeue(out var fact))
        {
            foreach (var subscriber in subscribers)
            {
                // The caller's token is not passed on: the fact is committed, and its consequences must follow even if the caller cancels.
                foreach (var more in await subscriber.OnCommittedAsync(fact, CancellationToken.None).ConfigureAwait(false))
                {
                    untold.Enqueue(more);
                }
            }
        }
    }
}
