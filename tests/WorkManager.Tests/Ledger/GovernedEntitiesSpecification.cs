using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WorkManager.Tests.Ledger;

/// <summary>Entities that approved work alone changes.</summary>
public abstract class GovernedEntitiesSpecification(DatabaseFixture databases)
{
    public static TheoryData<string> Saves => ["add", "modify", "delete", "a derived type", "an owned value"];

    public static TheoryData<string> Commands => ["update", "delete", "sql", "sql in capitals", "sql of a query"];

    [Theory, MemberData(nameof(Saves))]
    public async Task A_save_outside_an_apply_is_refused_and_nothing_of_it_is_written(string what)
    {
        await using var app = await LedgerApp.StartAsync(databases);

        var saving = () => app.WithAsync(async db =>
        {
            var account = await db.Accounts.SingleAsync(a => a.Id == 1);
            switch (what)
            {
                case "add":
                    db.Add(new Account { Id = 99 });
                    break;
                case "modify":
                    account.Balance = 5;
                    break;
                case "delete":
                    db.Remove(account);
                    break;
                case "a derived type":
                    db.Add(new SavingsAccount { Id = 98 });
                    break;
                default:
                    account.Holder = new Holder { Name = "Ada" };
                    break;
            }

            db.Add(new Memo { Text = "beside it" });
            return await db.SaveChangesAsync();
        });

        var refused = (await saving.Should().ThrowAsync<GovernedWriteException>()).Which;
        refused.Code.Should().Be("governed_write");
        refused.Entity.Should().Be(what switch { "a derived type" => nameof(SavingsAccount), "an owned value" => refused.Entity, _ => nameof(Account) });
        (await app.WithAsync(db => db.Memos.CountAsync())).Should().Be(0);
        await app.AssertBalancedAsync();
    }

    [Theory, MemberData(nameof(Commands))]
    public async Task A_command_past_the_tracker_is_refused_and_other_tables_are_not(string what)
    {
        await using var app = await LedgerApp.StartAsync(databases);

        var sending = () => app.WithAsync(async db => what switch
        {
            "update" => await db.Accounts.Where(a => a.Id == 1).ExecuteUpdateAsync(a => a.SetProperty(x => x.Balance, 5)),
            "delete" => await db.Accounts.Where(a => a.Id == 1).ExecuteDeleteAsync(),
            "sql" => await db.Database.ExecuteSqlRawAsync("update accounts set \"Balance\" = 5"),
            "sql in capitals" => await db.Database.ExecuteSqlRawAsync("DELETE\n FROM \"accounts\""),
            _ => (await db.Bookings.FromSqlRaw("INSERT INTO bookings (\"OrderId\", \"Amount\") VALUES ('x', 1) RETURNING *").ToListAsync()).Count,
        });

        (await sending.Should().ThrowAsync<GovernedWriteException>()).Which.Entity.Should().Be(what == "sql of a query" ? nameof(Booking) : nameof(Account));
        await app.AssertBalancedAsync();
        (await app.WithAsync(db => db.Database.ExecuteSqlRawAsync("CREATE TABLE accounts_of_others (id INTEGER)"))).Should().BeOneOf(0, -1);
        (await app.WithAsync(db => db.Database.ExecuteSqlRawAsync("INSERT INTO accounts_of_others SELECT \"Id\" FROM accounts"))).Should().Be(20);
    }

    [Fact]
    public async Task An_apply_may_write_and_what_runs_in_it_on_another_context_may_not()
    {
        await using var app = await LedgerApp.StartAsync(databases);
        Exception? elsewhere = null;
        app.Lines.At = async (line, _) =>
        {
            if (line == 2)
            {
                elsewhere = await Record.ExceptionAsync(() => app.WithAsync(db =>
                {
                    db.Add(new Account { Id = 99 });
                    return db.SaveChangesAsync();
                }));
            }
        };
        var id = await app.SubmittedAsync<MoveNow>(1, 2, 10);

        (await app.By(Actor.User("bert")).ApproveAsync(id)).State.Should().Be(OrderState.Completed);

        elsewhere.Should().BeOfType<GovernedWriteException>();
        await app.AssertBalancedAsync();
    }

    [Fact]
    public async Task Where_the_model_only_warns_the_write_is_done_and_logged()
    {
        await using var app = await LedgerApp.StartAsync(databases);

        await app.WithAsync(db =>
        {
            db.Add(new Memo { Text = "a" });
            return db.SaveChangesAsync();
        });
        await app.WithAsync(db => db.Memos.ExecuteDeleteAsync());

        app.Log.Entries.Where(e => e.Event == "GovernedWrite").Select(e => (e.Level, e.Text)).Should().Equal(
            Enumerable.Repeat((LogLevel.Warning, "Memo was written outside an apply, which its model warns of."), 2));
    }

    [Fact]
    public async Task What_is_allowed_by_name_is_done_logged_and_over_with_its_block()
    {
        await using var app = await LedgerApp.StartAsync(databases);
        await using var scope = app.NewScope();
        var db = scope.ServiceProvider.GetRequiredService<LedgerContext>();
        using (db.Database.AllowGovernedWrites("import of 2026"))
        {
            db.Add(new Account { Id = 50, Balance = 0 });
            await db.SaveChangesAsync();
            var other = () => app.WithAsync(another => another.Accounts.ExecuteDeleteAsync());
            await other.Should().ThrowAsync<GovernedWriteException>();
        }

        db.Add(new Account { Id = 51, Balance = 0 });
        var after = () => db.SaveChangesAsync();
        await after.Should().ThrowAsync<GovernedWriteException>();
        app.Log.Entries.Single(e => e.Event == "GovernanceBypassed").Text.Should()
            .Be("Account was written outside an apply, as the application allowed: import of 2026");
        var unnamed = () => db.Database.AllowGovernedWrites(" ");
        unnamed.Should().Throw<ArgumentException>();
    }
}

public sealed class GovernedEntitiesOnSqlite(SqliteFixture databases) : GovernedEntitiesSpecification(databases), IOnSqlite;

public sealed class GovernedEntitiesOnPostgreSql(PostgreSqlFixture databases) : GovernedEntitiesSpecification(databases), IOnPostgreSql;
