using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Providers;

/// <summary>What is asked of a connection to SQLite.</summary>
public sealed class SqliteConnections(SqliteFixture databases) : IClassFixture<SqliteFixture>
{
    [Fact]
    public async Task A_shared_cache_is_refused()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var app = ShopApp.On(database, context: o => o.UseSqlite(database.ConnectionString + ";Cache=Shared"));

        var propose = () => app.ProposeEchoAsync();

        (await propose.Should().ThrowExactlyAsync<InvalidOperationException>()).WithMessage("*Cache=Shared*Leave it out*");
    }
}
