using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>A context whose options have a data source tells its connection string, also after it was given another connection.</summary>
public sealed class DataSources(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_connection_decides_beside_a_data_source(bool open)
    {
        var token = TestContext.Current.CancellationToken;
        var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var other = await databases.CreateAsync(ShopApp.Migrated);
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var app = ShopApp.On(database, context: o => o.UseNpgsql(source));
        await app.ProposeEchoAsync();
        await using var scope = app.NewScope();
        await using var connection = new NpgsqlConnection(other.ConnectionString);
        if (open)
        {
            await connection.OpenAsync(token);
        }

        scope.ServiceProvider.GetRequiredService<ShopContext>().Database.SetDbConnection(connection);
        await scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().ProposeAsync(new EchoPayload("other"), cancellationToken: token);

        (await other.ScalarAsync("SELECT count(*) FROM work_orders")).Should().Be(1L);
        (await database.ScalarAsync("SELECT count(*) FROM work_orders")).Should().Be(1L);
    }
}
