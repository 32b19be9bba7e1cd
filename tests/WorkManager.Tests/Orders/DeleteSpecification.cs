using System.Data.Common;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Orders;

/// <summary>History goes by retention only.</summary>
public abstract class DeleteSpecification(DatabaseFixture databases)
{
    [Fact, Trait("Scenario", "S65")]
    public async Task An_order_with_history_cannot_be_deleted_in_any_plain_way()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();
        await app.Database.ExecuteAsync(
            $"""
            INSERT INTO work_item_parts (id, work_item_id, part_key, status, payload, submitted_by_agent_id, lease_epoch, created_at, updated_at)
            SELECT id, id, 'part', 'validated', '{"{}"}', 'agent-1', 1, created_at, updated_at FROM work_items
            """);

        await app.RefusesAsync<DbException>(null, () => app.Database.ExecuteAsync("DELETE FROM work_orders"));
        await app.RefusesAsync<DbException>(null, () => app.Database.ExecuteAsync("DELETE FROM work_items"));
        await app.RefusesAsync<DbException>(null, () => app.ReadAsync(db => db.Set<WorkOrder>().Where(o => o.Id == order.Id).ExecuteDeleteAsync()));
        await app.RefusesAsync<GovernedWriteException>("governed_write", () => app.ReadAsync(async db =>
        {
            db.Remove(await db.Set<WorkOrder>().SingleAsync());
            return await db.SaveChangesAsync();
        }));
    }
}

public sealed class DeleteOnSqlite(SqliteFixture databases) : DeleteSpecification(databases), IOnSqlite;

public sealed class DeleteOnPostgreSql(PostgreSqlFixture databases) : DeleteSpecification(databases), IOnPostgreSql;
