using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Operating;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Execution;

/// <summary>Whoever waits for work in this process is told that there may be some.</summary>
public abstract class WorkQueueSignalSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task What_puts_work_into_the_queue_is_told_with_its_type()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var told = Listen(app);

        await app.ProposeEchoAsync();
        told.Should().Equal("test.echo");
        await app.Requester.ProposeManyAsync<EchoPayload>([new(new EchoPayload("a")), new(new EchoPayload("b"))]);
        told.Should().Equal(["test.echo", "test.echo"], "a batch is told once");

        told.Clear();
        var failed = await RetryOrderSpecification.FailedAsync(app);
        told.Clear();
        await app.Requester.RetryAsync(failed);
        told.Should().Equal("test.echo");

        told.Clear();
        await app.Reviewer.HoldAsync(failed);
        told.Should().BeEmpty();
        await app.Reviewer.ResumeAsync(failed);
        told.Should().Equal("test.echo");
    }

    [Fact]
    public async Task What_is_refused_or_waits_for_something_is_not_told()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var first = await app.ProposeEchoAsync();
        var told = Listen(app);

        await app.Requester.ProposeAsync(new EchoPayload("after"), new() { After = [first.Id] });
        await app.Requester.Invoking(r => r.ProposeAsync(new EchoPayload("x"), new() { Priority = 1000 })).Should().ThrowAsync<WorkValidationException>();

        told.Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_part_of_a_transaction_of_the_callers_is_not_told_because_it_may_be_rolled_back()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var told = Listen(app);
        await using var scope = app.NewScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
        await using (await db.Database.BeginTransactionAsync())
        {
            await scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().As(Actor.User("a")).ProposeAsync(new EchoPayload("a"));
        }

        told.Should().BeEmpty();
    }

    [Fact]
    public async Task A_listener_that_throws_harms_neither_the_call_nor_the_others()
    {
        await using var app = await ShopApp.StartAsync(databases);
        app.Services.GetRequiredService<IWorkQueueSignal>().WorkQueued += _ => throw new InvalidOperationException("a bug");
        var told = Listen(app);

        await app.ProposeEchoAsync();

        told.Should().Equal("test.echo");
    }

    private static List<string> Listen(ShopApp app)
    {
        var told = new List<string>();
        app.Services.GetRequiredService<IWorkQueueSignal>().WorkQueued += told.Add;
        return told;
    }
}

public sealed class WorkQueueSignalOnSqlite(SqliteFixture databases) : WorkQueueSignalSpecification(databases), IOnSqlite;

public sealed class WorkQueueSignalOnPostgreSql(PostgreSqlFixture databases) : WorkQueueSignalSpecification(databases), IOnPostgreSql;
