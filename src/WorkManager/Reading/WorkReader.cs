using WorkManager.Execution;

namespace WorkManager.Reading;

/// <summary>Runs a query for the actor of a scope.</summary>
internal sealed class WorkReader(OperationRunner runner, IServiceProvider services)
{
    private static readonly WorkSession NoActor = new(null, null, Actor.System("reader"));

    public Task<T> ReadAsync<T>(string name, Func<OperationContext, Task<T>> query, CancellationToken cancellationToken) =>
        runner.ReadAsync(name, NoActor with { Services = services }, query, cancellationToken);
}
