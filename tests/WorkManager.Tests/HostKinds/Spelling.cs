using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>
/// An application whose calls reach their database by one connection string, and whose new scopes, in which applies run, by another one.
/// </summary>
internal sealed class Spelling : IAsyncDisposable
{
    private readonly ServiceProvider services;

    /// <param name="caller">Sets the connection of a caller's context.</param>
    /// <param name="fresh">Sets that of a new scope.</param>
    public Spelling(Action<DbContextOptionsBuilder> caller, Action<DbContextOptionsBuilder> fresh)
    {
        var collection = new ServiceCollection();
        collection.AddScoped<Role>();
        collection.AddDbContext<ShopContext>((scope, options) =>
        {
            (scope.GetRequiredService<Role>().IsCaller ? caller : fresh)(options);
            options.UseWorkManager().AmongManyKinds();
        });
        collection.AddWorkManager().UseDbContext<ShopContext>().AddOrderType<Echo>();
        services = collection.BuildServiceProvider(validateScopes: true);
    }

    /// <summary>An order is approved, and the row of the host is where the order is.</summary>
    /// <param name="database">The database.</param>
    /// <param name="open">Whether the caller's connection is open.</param>
    public async Task AssertIsOnePlaceAsync(TestDatabase database, bool open = false)
    {
        (await ApproveAsync(open)).State.Should().Be(OrderState.Completed);
        (await database.ScalarAsync("SELECT count(*) FROM ledger")).Should().Be(1L);
    }

    /// <summary>The approval is refused.</summary>
    public async Task AssertAreTwoAsync(bool open = false) =>
        (await FluentActions.Awaiting(() => ApproveAsync(open)).Should().ThrowAsync<WorkManagerException>()).Which.Code.Should().Be("other_database");

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private async Task<WorkOrder> ApproveAsync(bool open)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Role>().IsCaller = true;
        if (open)
        {
            await scope.ServiceProvider.GetRequiredService<ShopContext>().Database.OpenConnectionAsync(cancel);
        }

        var work = scope.ServiceProvider.GetRequiredService<IWorkOrderManager>();
        var order = await work.ProposeAsync(new EchoPayload("a"), cancellationToken: cancel);
        var lease = await work.As(Actor.Agent("agent")).CheckoutAsync(cancellationToken: cancel);
        await work.As(Actor.Agent("agent")).SubmitAsync(lease!, Steps.Verified, cancellationToken: cancel);
        return await work.As(Actor.User("bert")).ApproveAsync(order.Id, cancellationToken: cancel);
    }

    private sealed class Role
    {
        public bool IsCaller { get; set; }
    }
}
