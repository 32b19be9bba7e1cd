using AwesomeAssertions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>One connection string of SQLite stands for many databases in memory.</summary>
public sealed class DatabasesInMemory
{
    [Fact]
    public async Task The_one_without_tables_is_told_from_the_one_with_tables()
    {
        await using var with = new SqliteConnection("Data Source=:memory:");
        await using var without = new SqliteConnection("Data Source=:memory:");
        await with.OpenAsync(TestContext.Current.CancellationToken);
        await without.OpenAsync(TestContext.Current.CancellationToken);
        var current = with;
        var services = new ServiceCollection();
        services.AddDbContext<ShopContext>(options => options.UseSqlite(current).UseWorkManager().AmongManyKinds());
        services.AddWorkManager().UseDbContext<ShopContext>().AddOrderType<Echo>();
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        await using (var scope = provider.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<ShopContext>().Database.EnsureWorkManagerCreatedAsync(TestContext.Current.CancellationToken);
        }

        var manager = provider.GetRequiredService<IWorkOrderManagerFactory>().Create(Actor.User("anna"));
        await manager.ProposeAsync(new EchoPayload("with"), cancellationToken: TestContext.Current.CancellationToken);

        current = without;
        var call = () => manager.ProposeAsync(new EchoPayload("without"), cancellationToken: TestContext.Current.CancellationToken);

        (await call.Should().ThrowAsync<WorkManagerSchemaException>()).Which.Code.Should().Be("schema_missing");
    }
}
