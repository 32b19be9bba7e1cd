using Microsoft.Extensions.DependencyInjection;
using WorkManager.Execution;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Support;

/// <summary>Runs what a test says as an operation of the engine.</summary>
internal static class Writing
{
    /// <summary>Runs a step as an operation.</summary>
    /// <param name="app">The application.</param>
    /// <param name="scope">The caller's scope; null for one of the operation's own.</param>
    /// <param name="step">What the operation does.</param>
    public static async Task<T> AsOperationAsync<T>(ShopApp app, IServiceProvider? scope, Func<OperationContext, Task<T>> step) =>
        (await app.Services.GetRequiredService<OperationRunner>().RunAsync(
            new Verb<T>(), new WorkSession(scope, null, Actor.System("test")), step, CancellationToken.None)).Result;

    /// <summary>Writes in one unit of work.</summary>
    public static Task InAsync(ShopApp app, Func<UnitOfWork, Task> write) => AsOperationAsync(app, null, context => context.WriteAsync(
        Write.Repeatable(async unit =>
        {
            await write(unit);
            return Ending.Commit(true);
        }),
        CancellationToken.None));

    private sealed class Verb<T> : IVerb<Func<OperationContext, Task<T>>, T>
    {
        public Operation Operation { get; } = new("test", JoinRule.Joins);

        public Task<T> ExecuteAsync(OperationContext context, Func<OperationContext, Task<T>> request, CancellationToken cancellationToken) => request(context);
    }
}
