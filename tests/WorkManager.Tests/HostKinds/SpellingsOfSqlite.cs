using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>A file is one database, however it is named.</summary>
public sealed class SpellingsOfSqlite(SqliteFixture databases) : IClassFixture<SqliteFixture>
{
    public static TheoryData<string, Func<string, string>> Spellings => new()
    {
        { "another order", path => $"Foreign Keys=True;Default Timeout=20;Data Source={path}" },
        { "another word", path => $"Filename={path}" },
        { "relative", path => $"Data Source={Path.GetRelativePath(Environment.CurrentDirectory, path)}" },
        { "with dots", path => $"Data Source={Path.GetDirectoryName(path)}/../{Path.GetFileName(Path.GetDirectoryName(path))}/./{Path.GetFileName(path)}" },
        { "a URI", path => $"Data Source=file:{path}" },
        { "a URI with parameters", path => $"Data Source=file://{path}?mode=rw&cache=private" },
        { "a URI with escapes", path => $"Data Source=file:{path.Replace(".db", "%2Edb", StringComparison.Ordinal)}" },
        { "the data directory", path => $"Data Source=|DataDirectory|{Path.GetFileName(path)}" },
        { "a link", path => $"Data Source={File.CreateSymbolicLink(NewNameBeside(path), path).FullName}" },
        {
            "a linked folder",
            path => $"Data Source={Directory.CreateSymbolicLink(NewNameBeside(path), Path.GetDirectoryName(path)!).FullName}/{Path.GetFileName(path)}"
        },
    };

    [Theory, MemberData(nameof(Spellings), DisableDiscoveryEnumeration = true)]
    public async Task Both_are_one_database(string name, Func<string, string> spell)
    {
        Assert.NotEmpty(name);
        foreach (var (callerSpells, open) in ((bool, bool)[])[(true, false), (false, false), (true, true), (false, true)])
        {
            await using var database = await databases.CreateAsync(ShopApp.Migrated);
            var path = new SqliteConnectionStringBuilder(database.ConnectionString).DataSource;
            var (one, other) = (spell(path), database.ConnectionString);
            // The driver looks for relative paths in it, too.
            AppDomain.CurrentDomain.SetData("DataDirectory", one.Contains("|DataDirectory|", StringComparison.Ordinal) ? Path.GetDirectoryName(path) : null);
            await using var app = new Spelling(o => o.UseSqlite(callerSpells ? one : other), o => o.UseSqlite(callerSpells ? other : one));

            await app.AssertIsOnePlaceAsync(database, open);
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_copy_is_another_database(bool open)
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var copy = await databases.CreateAsync(ShopApp.Migrated);
        await using var app = new Spelling(o => o.UseSqlite(database.ConnectionString), o => o.UseSqlite(copy.ConnectionString));

        await app.AssertAreTwoAsync(open);

        Assert.Equal(0L, await copy.ScalarAsync("SELECT count(*) FROM ledger"));
        Assert.Equal("submitted", await database.ScalarAsync("SELECT state FROM work_orders"));
    }

    private static string NewNameBeside(string path) => Path.Combine(Path.GetDirectoryName(path)!, $"link-{Guid.NewGuid():N}");
}
