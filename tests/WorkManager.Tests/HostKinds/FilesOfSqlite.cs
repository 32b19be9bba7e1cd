using AwesomeAssertions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>What a file lacks is told one thing after the other, in the order in which it has to be done.</summary>
public sealed class FilesOfSqlite(SqliteFixture databases) : IClassFixture<SqliteFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_file_in_the_default_journal_mode_lacks_the_tables()
    {
        await using var database = await databases.CreateAsync();
        await database.ExecuteAsync("PRAGMA journal_mode = DELETE");
        await using var app = ShopApp.On(database);

        foreach (var call in (Func<Task>[])[() => app.ProposeEchoAsync(), () => app.Maintenance.CheckSchemaAsync(Cancel)])
        {
            (await app.RefusesAsync<WorkManagerSchemaException>("schema_missing", call)).Message
                .Should().Contain("The tables of WorkManager are missing").And.Contain("dotnet ef database update --context ShopContext");
        }
    }

    [Fact]
    public async Task A_file_with_the_tables_is_to_be_in_WAL_mode()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.Database.ExecuteAsync("PRAGMA journal_mode = DELETE");

        (await FluentActions.Awaiting(() => app.ProposeEchoAsync()).Should().ThrowAsync<InvalidOperationException>()).WithMessage("*PRAGMA journal_mode = WAL*");

        await app.Database.ExecuteAsync("PRAGMA journal_mode = WAL");
        await app.ProposeEchoAsync();
    }

    [Theory, InlineData("Data Source={0};Cache=Shared"), InlineData("Data Source=file:{0}?cache=shared"), InlineData("Data Source=file:{0}?mode=rwc&Cache=shared")]
    public async Task A_shared_cache_is_refused(string text)
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        var path = new SqliteConnectionStringBuilder(database.ConnectionString).DataSource;
        await using var app = ShopApp.On(database, context: o => o.UseSqlite(string.Format(System.Globalization.CultureInfo.InvariantCulture, text, path)));

        (await FluentActions.Awaiting(() => app.ProposeEchoAsync()).Should().ThrowAsync<InvalidOperationException>()).WithMessage("*hared*Leave it out*");
    }
}
