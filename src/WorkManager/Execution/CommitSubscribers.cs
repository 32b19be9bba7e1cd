namespace WorkManager.Execution;

/// <summary>Tells subscribers what was committed: each fact to each of them, in the order of the commits.</summary>
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
                // It is committed. Nobody would do what follows from it if it were left out because the caller went away.
                foreach (var more in await subscriber.OnCommittedAsync(fact, CancellationToken.None).ConfigureAwait(false))
                {
                    untold.Enqueue(more);
                }
            }
        }
    }
}
