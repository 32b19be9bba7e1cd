using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>A provider that WorkManager has no SQL for is refused by name, whatever is called first.</summary>
public sealed class UnsupportedProviders
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Microsoft.EntityFrameworkCore.InMemory")]
    [InlineData("Some.Other.Provider")]
    public async Task It_is_refused_with_one_message_whatever_is_called_first(string provider)
    {
        var services = new ServiceCollection();
        services.AddDbContext<ShopContext>(o =>
        {
            _ = provider == OtherProvider.Of
                ? o.UseSqlite("Data Source=nowhere.db").ReplaceService<IDatabaseProvider, OtherProvider>()
                : o.UseInMemoryDatabase("shop");
            o.UseWorkManager().AmongManyKinds();
        });
        services.AddWorkManager().UseDbContext<ShopContext>().AddOrderType<Echo>();
        await using var built = services.BuildServiceProvider();
        await using var scope = built.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().As(Actor.User("a"));
        var maintenance = scope.ServiceProvider.GetRequiredService<IWorkMaintenance>();
        var host = scope.ServiceProvider.GetRequiredService<ShopContext>().Database;

        foreach (var call in (Func<Task>[])
        [
            () => work.ProposeAsync(new EchoPayload("a"), cancellationToken: Cancel),
            () => work.CheckoutAsync(cancellationToken: Cancel),
            () => work.ApproveAsync(Guid.NewGuid(), cancellationToken: Cancel),
            () => work.GetAsync(Guid.NewGuid(), Cancel),
            () => maintenance.CheckSchemaAsync(Cancel),
            () => maintenance.ReclaimExpiredAsync(Cancel),
            () => host.MigrateWorkManagerAsync(Cancel),
            () => host.EnsureWorkManagerCreatedAsync(Cancel),
            () => Task.Run(host.MigrateWorkManager, Cancel),
            () => Task.Run(host.EnsureWorkManagerCreated, Cancel),
        ])
        {
            (await FluentActions.Awaiting(call).Should().ThrowAsync<NotSupportedException>())
                .WithMessage($"WorkManager does not support the database provider '{provider}'. Configure the context with UseSqlite or UseNpgsql.*");
        }
    }

    private sealed class OtherProvider : IDatabaseProvider
    {
        public const string Of = "Some.Other.Provider";

        public string Name => Of;

        public string? Version => null;

        public bool IsConfigured(IDbContextOptions options) => true;
    }
}
