using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Applying;

/// <summary>The diff tells what was written, and not what host code asked for before interceptors had their say.</summary>
public abstract class DiffOfWhatIsSavedSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task Stamps_and_soft_deletes_of_interceptors_are_told_as_they_were_saved()
    {
        var script = new Script();
        await using var app = await ShopApp.StartAsync(
            databases, builder => builder.AddOrderType<Scripted>().Services.AddSingleton(script), null, o => o.AddInterceptors(new Interceptor()));
        await app.ReadAsync(async db =>
        {
            db.Customers.AddRange(new Customer { Id = 1, Name = "gone" }, new Customer { Id = 2, Name = "kept" });
            return await db.SaveChangesAsync();
        });
        script.Apply = async (apply, services) =>
        {
            var db = services.GetRequiredService<ShopContext>();
            db.Remove(await db.Customers.SingleAsync(c => c.Id == 1));
            // Two saves of host code, and the one of the engine.
            await db.SaveChangesAsync();
            db.Ledger.Add(new LedgerEntry { OrderId = apply.OrderId, Text = "new" });
            await db.SaveChangesAsync();
            (await db.Customers.SingleAsync(c => c.Id == 2)).WorkOrderId = apply.OrderId;
        };
        var order = await app.SubmittedNoteAsync();

        await app.Reviewer.ApproveAsync(order.Id);

        var applied = (await app.OrderAsync(order.Id)).Events.Single(e => e.Event == "applied");
        var diff = JsonNode.Parse(applied.Diff!)!;
        diff["before"]!["customers:1"]!["Name"]!.GetValue<string>().Should().Be("gone");
        diff["after"]!["customers:1"]!["Name"]!.GetValue<string>().Should().Be("gone (deleted)");
        diff["after"]!["new:ledger:1"]!["Text"]!.GetValue<string>().Should().Be("new (stamped)");
        diff["after"]!["customers:2"]!["WorkOrderId"]!.GetValue<Guid>().Should().Be(order.Id);
        (await app.ReadAsync(db => db.Customers.CountAsync())).Should().Be(2);
        (await app.LedgerAsync(order.Id)).Should().Equal("new (stamped)");
    }

    private sealed class Interceptor : SaveChangesInterceptor
    {
        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            foreach (var entry in eventData.Context!.ChangeTracker.Entries().ToList())
            {
                switch (entry)
                {
                    case { State: EntityState.Deleted, Entity: Customer customer }:
                        entry.State = EntityState.Modified;
                        customer.Name += " (deleted)";
                        break;
                    case { State: EntityState.Added, Entity: LedgerEntry entered }:
                        entered.Text += " (stamped)";
                        break;
                }
            }

            return ValueTask.FromResult(result);
        }
    }
}

public sealed class DiffOfWhatIsSavedOnSqlite(SqliteFixture databases) : DiffOfWhatIsSavedSpecification(databases), IOnSqlite;

public sealed class DiffOfWhatIsSavedOnPostgreSql(PostgreSqlFixture databases) : DiffOfWhatIsSavedSpecification(databases), IOnPostgreSql;
