using AwesomeAssertions;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Operating;

/// <summary>Idempotency keys are deleted when they have expired, and not before.</summary>
public abstract class PurgeKeysSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task Keys_that_have_expired_are_deleted()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var now = app.Time.GetUtcNow();
        var values = Enumerable.Range(0, 2_010).Select(i => $"('', 's', 'k{i}', 'r', 'op', '{Text(now.AddDays(-1))}', '{Text(now.AddSeconds(i < 2_005 ? -1 - i : 1 + i))}')");
        await app.Database.ExecuteAsync(
            $"INSERT INTO work_idempotency_keys (tenant_id, scope, key_hash, request_hash, operation, created_at, expires_at) VALUES {string.Join(", ", values)}");

        (await app.Maintenance.PurgeKeysAsync()).Should().Be(2_005);

        (await app.Database.ScalarAsync("SELECT count(*) FROM work_idempotency_keys")).Should().Be(5L);
        (await app.Maintenance.PurgeKeysAsync()).Should().Be(0);
    }

    private string Text(DateTimeOffset time) => databases.Provider == Provider.Sqlite
        ? $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff}" : $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff}+00";
}

public sealed class PurgeKeysOnSqlite(SqliteFixture databases) : PurgeKeysSpecification(databases), IOnSqlite;

public sealed class PurgeKeysOnPostgreSql(PostgreSqlFixture databases) : PurgeKeysSpecification(databases), IOnPostgreSql;
