using WorkManager.Execution;
using WorkManager.OrderTypes;
using WorkManager.Reading;

namespace WorkManager;

/// <summary>What every door needs: the verbs, and the one way in which each call runs.</summary>
internal sealed class WorkEngine(
    OperationRunner runner, IEnumerable<ICommitSubscriber> subscribers, Verbs verbs, OrderTypeRegistry types, JsonDocuments documents, OwningContext owner,
    PendingApprovals pendingApprovals)
{
    private readonly ICommitSubscriber[] subscribers = [.. subscribers];

    public Verbs Verbs => verbs;

    public OrderTypeRegistry Types => types;

    public JsonDocuments Documents => documents;

    public OwningContext Owner => owner;

    public PendingApprovals PendingApprovals => pendingApprovals;

    /// <summary>Runs a verb, and tells subscribers what it committed.</summary>
    public Task<TResult> RunAsync<TRequest, TResult>(
        IVerb<TRequest, TResult> verb, WorkSession session, TRequest request, CancellationToken cancellationToken) =>
        RunAsync(verb, session, request, result => result, cancellationToken);

    /// <summary>Runs a verb for a single request: a batch of one, which throws the error where the batch would return it.</summary>
    public Task<TResult> RunOneAsync<TRequest, TResult>(
        IVerb<Batch<TRequest>, IReadOnlyList<WorkOutcome<TResult>>> verb, WorkSession session, TRequest request, CancellationToken cancellationToken) =>
        RunAsync(verb, session, Batch<TRequest>.One(request), outcomes => outcomes[0].Value, cancellationToken);

    /// <summary>Runs a query.</summary>
    public Task<TResult> ReadAsync<TResult>(
        string name, WorkSession session, Func<OperationContext, Task<TResult>> query, CancellationToken cancellationToken) =>
        runner.ReadAsync(name, session, query, cancellationToken);

    /// <summary>Checks the schema, also if it was checked before.</summary>
    public Task CheckSchemaAsync(WorkSession session, CancellationToken cancellationToken) => runner.CheckSchemaAsync(session, cancellationToken);

    private async Task<TAnswer> RunAsync<TRequest, TResult, TAnswer>(
        IVerb<TRequest, TResult> verb, WorkSession session, TRequest request, Func<TResult, TAnswer> answer, CancellationToken cancellationToken)
    {
        var completed = await runner.RunAsync(verb, session, request, answer, cancellationToken).ConfigureAwait(false);
        await TellAsync(completed.Facts, session).ConfigureAwait(false);
        return completed.Result;
    }

    /// <summary>Tells each fact to each subscriber, in the order of the commits.</summary>
    private async Task TellAsync(IReadOnlyList<CommittedFact> facts, WorkSession session)
    {
        var untold = new Queue<CommittedFact>(facts);
        while (untold.TryDequeue(out var fact))
        {
            foreach (var subscriber in subscribers)
            {
                // The fact is committed. If the caller has gone away, nobody else would do what follows from it.
                foreach (var more in await subscriber.OnCommittedAsync(fact, session, CancellationToken.None).ConfigureAwait(false))
                {
                    untold.Enqueue(more);
                }
            }
        }
    }
}
