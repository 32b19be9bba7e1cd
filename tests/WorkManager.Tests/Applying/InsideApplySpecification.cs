using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Applying;

/// <summary>What host code may do while its order is applied.</summary>
public abstract class InsideApplySpecification(DatabaseFixture databases)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_follow_up_order_is_committed_or_rolled_back_together_with_the_change(bool fails)
    {
        var script = new Script();
        var working = script.Apply;
        script.Apply = async (apply, services) =>
        {
            await working(apply, services);
            await services.GetRequiredService<IWorkOrderManager>().As(apply.ApprovedBy).ProposeAsync(new EchoPayload("follow up"));
            _ = fails ? throw new TimeoutException() : 0;
        };
        await using var app = await script.StartAsync(databases);
        var order = await app.SubmittedNoteAsync();

        var approve = () => app.Reviewer.ApproveAsync(order.Id);

        if (fails)
        {
            await approve.Should().ThrowExactlyAsync<ApplyFailedException>();
            (await app.ReadAsync(db => db.Set<WorkOrder>().CountAsync())).Should().Be(1);
            (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
            return;
        }

        await approve();
        var followUp = await app.ReadAsync(db => db.Set<WorkOrder>().AsNoTracking().SingleAsync(o => o.Type == "test.echo"));
        (followUp.State, followUp.RequestedById).Should().Be((OrderState.Queued, "bert"));
        (await app.LeaseAsync()).OrderId.Should().Be(followUp.Id);
        (await app.LedgerAsync(order.Id)).Should().HaveCount(1);
    }

    [Fact]
    public async Task What_cannot_join_refuses_the_applys_transaction_too()
    {
        var order = await RefusedAsync(
            "transaction_not_allowed", async (_, services) => await services.GetRequiredService<IWorkOrderManager>().CheckoutAsync());

        JsonNode.Parse(order.Events.Last().Payload!)!["message"]!.GetValue<string>().Should().Contain("checkout");
    }

    [Fact]
    public Task A_manager_of_the_factory_is_told_to_use_the_injected_one() => RefusedAsync(
        "foreign_context", (_, services) => services.GetRequiredService<IWorkOrderManagerFactory>().Create(Actor.User("x")).ProposeAsync(new EchoPayload("a")));

    [Fact]
    public Task A_manager_of_another_scope_is_refused() => RefusedAsync("foreign_context", async (_, services) =>
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().ProposeAsync(new EchoPayload("a"));
    });

    [Fact]
    public Task A_second_context_that_writes_is_refused() => RefusedAsync("foreign_context", async (apply, services) =>
    {
        await using var scope = services.CreateAsyncScope();
        var second = scope.ServiceProvider.GetRequiredService<ShopContext>();
        second.Ledger.Add(new LedgerEntry { OrderId = apply.OrderId, Text = "past the transaction" });
        await second.SaveChangesAsync();
    });

    [Fact]
    public Task A_second_context_that_reads_is_refused() => RefusedAsync("foreign_context", async (_, services) =>
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ShopContext>().Ledger.CountAsync();
    });

    [Theory]
    [InlineData("commit")]
    [InlineData("roll back")]
    [InlineData("dispose")]
    [InlineData("dispose and save")]
    [InlineData("dispose and update")]
    [InlineData("use none")]
    public async Task Host_code_cannot_end_the_transaction_that_it_runs_in(string how)
    {
        var script = new Script();
        var working = script.Apply;
        script.Apply = async (apply, services) =>
        {
            await working(apply, services);
            var db = services.GetRequiredService<ShopContext>();
            await db.SaveChangesAsync();
            var transaction = db.Database.CurrentTransaction!;
            await (how switch
            {
                "commit" => transaction.CommitAsync(),
                "roll back" => transaction.RollbackAsync(),
                "use none" => db.Database.UseTransactionAsync(null),
                _ => transaction.DisposeAsync().AsTask(),
            });
            if (how == "dispose and update")
            {
                await db.Database.ExecuteSqlAsync($"INSERT INTO customers (\"Name\") VALUES ('stays')");
            }

            if (how == "dispose and save")
            {
                db.Customers.Add(new Customer { Name = "stays" });
                await db.SaveChangesAsync();
            }
        };
        await using var app = await script.StartAsync(databases);
        var order = await app.SubmittedNoteAsync();

        var refusal = (await FluentActions.Awaiting(() => app.Reviewer.ApproveAsync(order.Id)).Should().ThrowExactlyAsync<WorkManagerException>()).Which;

        refusal.Code.Should().Be("transaction_not_allowed");
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Submitted);
        (await app.LedgerAsync(order.Id)).Should().BeEmpty();
        (await app.ReadAsync(db => db.Customers.CountAsync())).Should().Be(0);
        script.Apply = working;
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
        (await app.LedgerAsync(order.Id)).Should().HaveCount(1);
    }

    [Fact]
    public async Task After_the_apply_other_contexts_are_free_again()
    {
        await using var app = await new Script().StartAsync(databases);
        await app.Reviewer.ApproveAsync((await app.SubmittedNoteAsync()).Id);

        (await app.ReadAsync(db => db.Ledger.CountAsync())).Should().Be(1);
        await app.ProposeEchoAsync();
    }

    [Theory]
    [InlineData("Added")]
    [InlineData("Modified")]
    [InlineData("Deleted")]
    public async Task The_hosts_context_cannot_write_to_the_tables_of_work(string how)
    {
        await using var app = await ShopApp.StartAsync(databases);
        await app.ProposeEchoAsync();

        var refusal = await app.RefusesAsync<GovernedWriteException>("governed_write", () => app.ReadAsync(async db =>
        {
            var order = await db.Set<WorkOrder>().SingleAsync();
            db.Customers.Add(new Customer { Name = "not saved either" });
            db.Entry(order).State = Enum.Parse<EntityState>(how);
            return await db.SaveChangesAsync();
        }));

        refusal.Entity.Should().Be(nameof(WorkOrder));
    }

    /// <summary>Host code that is refused fails its apply like any other: it is recorded, and nothing else is changed.</summary>
    private async Task<WorkOrder> RefusedAsync(string code, Func<ApplyContext<Note, Note, Answer>, IServiceProvider, Task> apply)
    {
        await using var app = await new Script { Apply = apply }.StartAsync(databases);
        var order = await app.SubmittedNoteAsync();
        await app.ProposeEchoAsync();

        var refusal = (await FluentActions.Awaiting(() => app.Reviewer.ApproveAsync(order.Id)).Should().ThrowExactlyAsync<WorkManagerException>()).Which;

        refusal.Code.Should().Be(code);
        var stored = await app.OrderAsync(order.Id);
        (stored.State, stored.Events.Last().Event).Should().Be((OrderState.Submitted, "failed"));
        (await app.ReadAsync(db => db.Ledger.CountAsync())).Should().Be(0);
        (await app.ReadAsync(db => db.Set<WorkOrder>().CountAsync())).Should().Be(2);
        return stored;
    }
}

public sealed class InsideApplyOnSqlite(SqliteFixture databases) : InsideApplySpecification(databases), IOnSqlite;

public sealed class InsideApplyOnPostgreSql(PostgreSqlFixture databases) : InsideApplySpecification(databases), IOnPostgreSql;
