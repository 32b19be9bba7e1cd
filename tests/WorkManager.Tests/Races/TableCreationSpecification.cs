using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Persistence;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Races;

public abstract class TableCreationSpecification(DatabaseFixture databases, ITestOutputHelper output)
{
    private const int Processes = 3;
    private const int Databases = 3;

    [Fact]
    public async Task Of_processes_that_make_the_tables_at_once_one_makes_them_and_the_others_find_them()
    {
        var empty = new List<TestDatabase>();
        var workers = new List<WorkerProcess>();
        for (var i = 0; i < Databases; i++)
        {
            empty.Add(await databases.CreateAsync());
        }

        for (var i = 0; i < Processes; i++)
        {
            workers.Add(await WorkerProcess.StartAsync(
                "create", databases.Provider, empty[0].ConnectionString, [.. empty.Skip(1).Select(d => d.ConnectionString)]));
        }

        foreach (var database in empty)
        {
            workers.ForEach(w => w.Go());
            var made = await Task.WhenAll(workers.Select(w => w.ReadLineAsync()));

            made.Order().Should().Equal("False", "False", "True");
            await AssertCompleteAsync(database);
            await Task.WhenAll(database == empty[^1] ? [] : workers.Select(w => w.WaitForAsync("ready")));
            await database.DisposeAsync();
        }

        await Task.WhenAll(workers.Select(w => w.ReadToEndAsync()));
        workers.ForEach(async w => await w.DisposeAsync());
        output.WriteLine($"{Databases} databases, each made by one of {Processes} processes at once");
    }

    [Fact]
    public async Task A_process_that_is_killed_while_it_makes_the_tables_leaves_none_and_the_next_one_makes_all()
    {
        await using var database = await databases.CreateAsync();
        await using var worker = await WorkerProcess.StartAsync("create-half", databases.Provider, database.ConnectionString);
        worker.Go();
        await worker.WaitForAsync("creating");

        await worker.KillAsync();

        (await DatabaseSchema.ReadAsync(database)).Tables.Should().BeEmpty();
        await using var shop = Open(database);
        (await shop.Database.EnsureWorkManagerCreatedAsync(TestContext.Current.CancellationToken)).Should().BeTrue();
        await AssertCompleteAsync(database);
    }

    private static ShopContext Open(TestDatabase database) => new(database.Options<ShopContext>(o => o.UseWorkManager()));

    private static async Task AssertCompleteAsync(TestDatabase database)
    {
        (await DatabaseSchema.ReadAsync(database)).Tables.Should().HaveCount(11);
        (await database.ScalarAsync("SELECT count(*) FROM \"__EFMigrationsHistory\"")).Should().Be(1L);
        await using var shop = Open(database);
        (await shop.Customers.CountAsync() + await shop.Ledger.CountAsync()).Should().Be(0);
    }
}

public sealed class TableCreationOnSqlite(SqliteFixture databases, ITestOutputHelper output) : TableCreationSpecification(databases, output), IOnSqlite;

public sealed class TableCreationOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output)
    : TableCreationSpecification(databases, output), IOnPostgreSql;
