using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>
/// What fails after a commit, such as an interceptor of the host's, hides no success: the database is asked, also where no execution strategy does that.
/// </summary>
public abstract class FailureAfterCommitSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task A_proposal_is_there_once_and_is_returned()
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults, new Script());

        faults.Arm(Fault.CommitAnswer);
        var order = await app.Requester.ProposeAsync(new Note("once"));

        faults.Thrown.Should().Be(1);
        (await app.ReadAsync(db => db.Set<WorkOrder>().Select(o => o.Id).ToListAsync())).Should().Equal(order.Id);
    }

    [Fact]
    public async Task An_apply_is_completed_and_what_follows_happens()
    {
        var faults = new Faults();
        var script = new Script();
        var followed = 0;
        script.After = (_, _) => Task.FromResult(followed++);
        await using var app = await StartAsync(faults, script);
        var order = await app.SubmittedNoteAsync("once");

        faults.Arm(Fault.CommitAnswer);
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);

        (faults.Thrown, followed).Should().Be((1, 1));
        (await app.LedgerAsync(order.Id)).Should().Equal("once");
        (await app.EventsAsync(order.Id)).Should().NotContain("failed");
    }

    [Theory]
    [InlineData("reject")]
    [InlineData("cancel")]
    public async Task A_decision_is_made_once_and_is_returned(string decision)
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults, new Script());
        var order = await app.Requester.ProposeAsync(new Note("n"));

        faults.Arm(Fault.CommitAnswer);
        var closed = decision == "reject"
            ? await app.Reviewer.RejectAsync(order.Id, [new("wrong", "Not like this.")])
            : await app.Reviewer.CancelAsync(order.Id);

        (faults.Thrown, closed.State).Should().Be((1, OrderState.Rejected));
        (await app.Database.ScalarAsync("SELECT count(*) FROM work_decisions")).Should().Be(1L);
    }

    [Theory]
    [InlineData("submit")]
    [InlineData("release")]
    [InlineData("fail")]
    [InlineData("fail for good")]
    public async Task A_lease_is_ended_once_and_its_item_is_returned(string end)
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults, new Script());
        await app.Requester.ProposeAsync(new Note("n"));
        var lease = await app.LeaseAsync();
        var agent = app.Agent("agent-1");

        faults.Arm(Fault.CommitAnswer);
        var item = await (end switch
        {
            "submit" => agent.SubmitAsync(lease, new Answer("done")),
            "release" => agent.ReleaseAsync(lease),
            _ => agent.FailAsync(lease, new WorkFailure("broken", "It is.") { Retryable = end == "fail" }),
        });

        faults.Thrown.Should().Be(1);
        (item.State, item.Attempts, item.Releases).Should().Be(end switch
        {
            "submit" => (ItemState.Submitted, (short)0, (short)0),
            "release" => (ItemState.Queued, 0, 1),
            "fail" => (ItemState.Queued, 1, 0),
            _ => (ItemState.Failed, 1, 0),
        });
        (await app.ItemAsync(item.Id)).Should().BeEquivalentTo(item, o => o.Excluding(i => i.Order));
    }

    [Fact]
    public async Task A_commit_that_fails_is_a_failure()
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults, new Script());

        faults.Arm(Fault.Committing);
        await FluentActions.Awaiting(() => app.Requester.ProposeAsync(new Note("never"))).Should().ThrowAsync<Exception>();

        (await app.ReadAsync(db => db.Set<WorkOrder>().CountAsync())).Should().Be(0);
    }

    private Task<ShopApp> StartAsync(Faults faults, Script script) => ShopApp.StartAsync(
        databases, b => b.AddOrderType<Scripted>().Services.AddSingleton(script), null, options => options.AddInterceptors(faults));
}

public sealed class FailureAfterCommitOnSqlite(SqliteFixture databases) : FailureAfterCommitSpecification(databases), IOnSqlite;

public sealed class FailureAfterCommitOnPostgreSql(PostgreSqlFixture databases) : FailureAfterCommitSpecification(databases), IOnPostgreSql;
