namespace WorkManager.Load.Measuring;

/// <summary>One of several that work at the same time: an agent, or a worker process.</summary>
internal interface ICaller : IAsyncDisposable
{
    /// <summary>Does one operation from its beginning to its end; returns how many items it was.</summary>
    Task<int> WorkAsync(ISteps steps);
}

/// <summary>A caller whose operation is a function.</summary>
/// <param name="work">The operation.</param>
/// <param name="owned">What the caller has for itself; null for nothing.</param>
internal sealed class Caller(Func<ISteps, Task<int>> work, IAsyncDisposable? owned = null) : ICaller
{
    public Task<int> WorkAsync(ISteps steps) => work(steps);

    public ValueTask DisposeAsync() => owned?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Callers that share what they work on.</summary>
internal interface ISession : IAsyncDisposable
{
    Task<ICaller> OpenCallerAsync();
}

/// <summary>Callers that share nothing but their system.</summary>
internal sealed class Session(Func<Task<ICaller>> open) : ISession
{
    public Task<ICaller> OpenCallerAsync() => open();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
