using Microsoft.Extensions.DependencyInjection;
using WorkManager.Execution;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Support;

/// <summary>A verb that does what a test says in one unit of work.</summary>
internal sealed class Writing : IVerb<Func<UnitOfWork, Task>, bool>
{
    public Operation Operation { get; } = new("write", JoinRule.Joins);

    public Task<bool> ExecuteAsync(OperationContext context, Func<UnitOfWork, Task> request, CancellationToken cancellationToken) => context.TransactAsync(
        async unit =>
        {
            await request(unit);
            return true;
        },
        _ => Task.FromResult(false),
        cancellationToken);

    public static Task InAsync(ShopApp app, Func<UnitOfWork, Task> write) => app.Services.GetRequiredService<OperationRunner>()
        .RunAsync(new Writing(), new WorkSession(null, null, Actor.System("test")), write, CancellationToken.None);
}
