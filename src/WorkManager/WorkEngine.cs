using WorkManager.Execution;
using WorkManager.OrderTypes;

namespace WorkManager;

/// <summary>What every door needs: the verbs, and the one way in which each call runs.</summary>
internal sealed class WorkEngine(
    OperationRunner runner, CommitSubscribers subscribers, Verbs verbs, OrderTypeRegistry types, JsonDocuments documents, OwningContext owner)
{
    public Verbs Verbs => verbs;

    public OrderTypeRegistry Types => types;

    public JsonDocuments Documents => documents;

    public OwningContext Owner => owner;

    /// <summary>Runs a verb, and tells what it committed.</summary>
    public async Task<TResult> RunAsync<TRequest, TResult>(
        IVerb<TRequest, TResult> verb, WorkSession session, TRequest request, CancellationToken cancellationToken)
    {
        var completed = await runner.RunAsync(verb, session, request, cancellationToken).ConfigureAwait(false);
        await subscribers.TellAsync(completed.Facts).ConfigureAwait(false);
        return completed.Result;
    }

    /// <summary>Runs a query.</summary>
    public Task<TResult> ReadAsync<TResult>(
        string name, WorkSession session, Func<OperationContext, Task<TResult>> query, CancellationToken cancellationToken) =>
        runner.ReadAsync(name, session, query, cancellationToken);

    /// <summary>Checks the schema, whatever was seen of it before.</summary>
    public Task CheckSchemaAsync(WorkSession session, CancellationToken cancellationToken) => runner.CheckSchemaAsync(session, cancellationToken);
}
