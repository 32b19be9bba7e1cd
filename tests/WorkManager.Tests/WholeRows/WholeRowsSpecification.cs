using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkManager.Tests.WholeRows;

/// <summary>
/// What each operation writes: every column of every row of every table, on both databases the same. The rows are in the folder <c>Written</c>, in a file for
/// each test. With <c>WORKMANAGER_WRITE_DOCS=1</c> the tests on SQLite write these files; those on PostgreSQL always compare.
/// </summary>
public abstract class WholeRowsSpecification(DatabaseFixture databases)
{
    /// <summary>Three documents of this size do not fit into one command.</summary>
    private const int Large = 6_000_000;

    // Of an order with two items that is of an older version of its type.
    private const string UpgradedPayload =
        """{"area":1.50,"plots":[{"at":null,"attempts":null,"kind":null,"name":"p1"},{"at":null,"attempts":null,"kind":null,"name":"p2"}]"""
        + ""","upgradedFrom":2,"zone":"north"}""";

    private static readonly WorkFailure Snow = new("snow", "Too much \"Schnee\" über Süd.", JsonSerializer.SerializeToElement(new { depth = 1.50m }));

    private static readonly RejectionReason[] Reasons = [new("count", "Count again.", "trees"), new("late", "Too late.")];

    // Rows are stamped with the trace of the call.
    private readonly Activity trace = new Activity("whole rows").Start();

    /// <summary>How a call gets its transaction.</summary>
    public enum Way
    {
        /// <summary>It has its own.</summary>
        Own,

        /// <summary>It joins that of its caller.</summary>
        Joined,
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task A_proposal(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        var at = new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.FromHours(2)).AddTicks(7_654_321);
        var survey = new Survey("Köln \"Süd\"", 1.50m, [new("a"), new("b", "rows.tall", 7, at), new("c", At: new DateTimeOffset(2026, 2, 1, 0, 0, 0, default))]);
        story.HashesOf(
            """{"area":1.50,"plots":[{"at":null,"attempts":null,"kind":null,"name":"a"},"""
            + """{"at":"2026-03-02T08:00:00.7654321+02:00","attempts":7,"kind":"rows.tall","name":"b"},"""
            + """{"at":"2026-02-01T00:00:00+00:00","attempts":null,"kind":null,"name":"c"}],"upgradedFrom":null,"zone":"Köln \"Süd\""}""");
        var options = new ProposeOptions
        {
            Priority = 40, DueAt = at.AddDays(3), AvailableAt = at.AddDays(-1), UniqueKey = "Süd/7", Meta = new JsonObject { ["ticket"] = "T-1", ["area"] = new JsonObject { ["b"] = 2.50, ["a"] = "ü" } },
        };

        await story.WritesAsync(nameof(IWorkOrderManager.ProposeAsync), () => CallAsync(story, way, Story.Planner, async work =>
            story.Name(await work.ProposeAsync(survey, options), "order")));
    }

    [Fact]
    public async Task A_proposal_that_came_in_as_JSON()
    {
        await using var story = await Story.StartAsync(databases);
        story.HashesOf("""{"area":2.0,"plots":[{"name":"a"}],"zone":"Köln"}""");
        using var payload = JsonDocument.Parse("""{ "zone": "K\u00f6ln",  "plots": [ { "name": "a" } ], "area": 2.0 }""");

        await story.WritesAsync(nameof(IWorkOrderManager.ProposeAsync), async () =>
            story.Name(await story.By(Actor.User("anna")).ProposeAsync("rows.survey", payload.RootElement), "order"));
    }

    [Fact]
    public async Task Several_proposals_of_which_one_is_refused()
    {
        await using var story = await Story.StartAsync(databases);
        Proposal<Survey>[] proposals =
        [
            new(new Survey("one", 1, [new("a"), new("b")])), new(new Survey("none", 1, [])), new(new Survey("two", 2, [new("c")]), new() { Priority = 9 }),
        ];

        await story.WritesAsync(nameof(IWorkOrderManager.ProposeManyAsync), async () =>
        {
            var outcomes = await story.By(Story.Planner).ProposeManyAsync(proposals);
            Assert.Equal([true, false, true], outcomes.Select(o => o.Succeeded));
            story.Name(outcomes[0].Value, "first");
            story.Name(outcomes[2].Value, "second");
        });
    }

    [Fact]
    public async Task Proposals_whose_documents_fill_several_commands()
    {
        await using var story = await Story.StartAsync(databases, o => o.Limits.MaxPayloadBytes = Large + 1000);
        var proposals = Enumerable.Range(1, 3).Select(i => new Proposal<Survey>(new Survey(Text(i), i, [new($"p{i}"), new("q")]))).ToList();

        await story.WritesAsync(nameof(IWorkOrderManager.ProposeManyAsync), async () =>
        {
            var outcomes = await story.By(Story.Planner).ProposeManyAsync(proposals);
            for (var i = 0; i < outcomes.Count; i++)
            {
                story.Name(outcomes[i].Value, $"order {i + 1}");
                story.HashesOf(
                    $$"""{"area":{{i + 1}},"plots":[{"at":null,"attempts":null,"kind":null,"name":"p{{i + 1}}"},"""
                    + $$"""{"at":null,"attempts":null,"kind":null,"name":"q"}],"upgradedFrom":null,"zone":"{{Text(i + 1)}}"}""");
            }
        });
    }

    [Fact]
    public async Task Proposals_of_which_an_open_order_has_the_key()
    {
        await using var story = await Story.StartAsync(databases);
        Proposal<Survey> Of(string zone, int priority) => new(
            new Survey(zone, 1, [new("a")]), new() { UniqueKey = "north", Priority = priority, IfOpen = OpenOrder.RaisePriority });
        story.Name((await story.By(Story.Planner).ProposeManyAsync([Of("first", 10)]))[0].Value, "order");
        story.Pass(TimeSpan.FromSeconds(5));

        await story.WritesAsync(nameof(IWorkOrderManager.ProposeManyAsync), async () => Assert.All(
            await story.By(Story.Reviewer).ProposeManyAsync([Of("second", 20), Of("third", 5)]), o => Assert.Equal(20, o.Value.Priority)));
    }

    [Fact]
    public async Task A_claim_of_one_item()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2);

        await story.WritesAsync(nameof(IWorkOrderManager.CheckoutAsync), async () => Assert.NotNull(await story.By(Story.Agent).CheckoutAsync()));
    }

    [Fact]
    public async Task A_claim_of_the_next_item_of_an_order()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(3);
        await story.LeaseAsync(1);

        await story.WritesAsync(nameof(IWorkOrderManager.CheckoutAsync), async () => Assert.NotNull(await story.By(Actor.User("anna")).CheckoutAsync()));
    }

    [Fact]
    public async Task A_claim_of_a_type()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2);

        await story.WritesAsync(nameof(IWorkOrderManager.CheckoutAsync), async () => Assert.NotNull(await story.By(Story.Agent).CheckoutAsync<Surveys>()));
    }

    [Fact]
    public async Task A_claim_from_an_order()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2, name: "before");
        var order = await story.ProposeAsync(2);

        await story.WritesAsync(nameof(IWorkOrderManager.CheckoutAsync), async () => Assert.NotNull(
            await story.By(Story.Agent).CheckoutAsync(new() { OrderId = order.Id, MinPriority = 50, Ttl = TimeSpan.FromSeconds(90.2) })));
    }

    [Fact]
    public async Task A_claim_of_several_items()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2);
        await story.ProposeAsync(2, name: "next order");

        await story.WritesAsync(nameof(IWorkOrderManager.CheckoutManyAsync), async () => Assert.Equal(
            3, (await story.By(Story.Agent).CheckoutManyAsync(3, new() { Type = "rows.survey", MinPriority = 50 })).Count));
    }

    [Fact]
    public async Task A_claim_from_all_tenants()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2);

        await story.WritesAsync(nameof(IWorkOrderManager.CheckoutManyAsync), async () => Assert.Equal(
            3, (await story.ForAllTenants(Story.Agent).CheckoutManyAsync(10, new() { MinPriority = 50 })).Count), inAnyOrder: true);
    }

    [Fact]
    public async Task A_claim_that_finds_nothing_ready()
    {
        await using var story = await Story.StartAsync(databases, o => o.Retry.Backoff = TimeSpan.Zero);
        await story.ProposeAsync(2);
        await story.LeaseAsync(2);
        story.Pass(TimeSpan.FromSeconds(120));

        await story.WritesAsync(nameof(IWorkOrderManager.CheckoutAsync), async () => Assert.NotNull(
            await story.By(Actor.Agent("agent-2")).CheckoutAsync(new() { MinPriority = 50 })));
    }

    [Fact]
    public async Task A_first_heartbeat()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2);
        var lease = (await story.LeaseAsync(1))[0];

        await story.WritesAsync(nameof(IWorkOrderManager.HeartbeatAsync), () => story.By(Story.Agent).HeartbeatAsync(lease));
    }

    [Fact]
    public async Task A_heartbeat_that_says_how_far_the_work_has_come()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2);
        var lease = (await story.LeaseAsync(1, begun: true))[0];

        await story.WritesAsync(nameof(IWorkOrderManager.ReportProgressAsync), () => story.By(Story.Agent).ReportProgressAsync(lease, 30));
    }

    [Fact]
    public async Task Reports_of_progress_of_which_one_comes_too_late()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(3);
        var leases = await story.LeaseAsync(3, begun: true);
        await story.By(Story.Agent).ReleaseAsync(leases[1]);

        await story.WritesAsync(
            nameof(IWorkOrderManager.ReportProgressManyAsync),
            () => story.By(Story.Agent).ReportProgressManyAsync([.. leases.Select((l, i) => new LeaseProgress(l, 10 * i))]));
    }

    [Fact]
    public async Task A_later_heartbeat()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2);
        var lease = (await story.LeaseAsync(1, begun: true))[0];

        await story.WritesAsync(nameof(IWorkOrderManager.HeartbeatAsync), () => story.By(Story.Agent).HeartbeatAsync(lease));
    }

    [Fact]
    public async Task A_later_heartbeat_that_is_recorded()
    {
        await using var story = await Story.StartAsync(databases, o => o.Lease.RecordHeartbeats = true);
        await story.ProposeAsync(2);
        var lease = (await story.LeaseAsync(1, begun: true))[0];

        await story.WritesAsync(nameof(IWorkOrderManager.HeartbeatAsync), () => story.By(Story.Agent).HeartbeatAsync(lease));
    }

    [Fact]
    public async Task Heartbeats_of_two_orders_of_which_one_comes_too_late()
    {
        await using var story = await Story.StartAsync(databases, o => o.Lease.RecordHeartbeats = true);
        await story.ProposeAsync(1);
        await story.ProposeAsync(2, name: "next order");
        var leases = await story.LeaseAsync(3);
        await story.By(Story.Agent).HeartbeatAsync(leases[1]);
        await story.By(Story.Agent).ReleaseAsync(leases[2]);
        story.Pass(TimeSpan.FromSeconds(1));

        await story.WritesAsync(nameof(IWorkOrderManager.HeartbeatManyAsync), async () => Assert.Equal(
            [true, true, false], (await story.By(Story.Agent).HeartbeatManyAsync([.. leases.Select(l => l.Token)])).Select(o => o.Succeeded)));
    }

    [Fact]
    public async Task A_release_while_others_of_the_order_are_held()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(3);
        var leases = await story.LeaseAsync(2, begun: true);

        await story.WritesAsync(nameof(IWorkOrderManager.ReleaseAsync), () => story.By(Story.Agent).ReleaseAsync(leases[0]));
    }

    [Fact]
    public async Task Releases_of_all_that_is_held_of_two_orders()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(1);
        await story.ProposeAsync(2, name: "next order");
        var leases = await story.LeaseAsync(3);

        await story.WritesAsync(nameof(IWorkOrderManager.ReleaseManyAsync), async () => Assert.All(
            await story.By(Story.Agent).ReleaseManyAsync([.. leases.Select(l => l.Token)]), o => Assert.True(o.Succeeded)));
    }

    [Fact]
    public async Task A_release_that_says_when_and_why()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2);
        var leases = await story.LeaseAsync(1, begun: true);
        var options = new ReleaseOptions { NotBefore = story.Now.AddHours(1.5).AddTicks(7), Reason = "Snow \"am\" Süd." };

        await story.WritesAsync(nameof(IWorkOrderManager.ReleaseAsync), () => story.By(Story.Agent).ReleaseAsync(leases[0], options));
    }

    [Fact]
    public async Task A_release_that_is_one_too_many()
    {
        await using var story = await Story.StartAsync(databases, o => o.Retry.MaxReleases = 0);
        await story.ProposeAsync(1, attempts: 1);
        var leases = await story.LeaseAsync(1);

        await story.WritesAsync(nameof(IWorkOrderManager.ReleaseAsync), () => story.By(Story.Agent).ReleaseAsync(leases[0]));
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task A_failed_attempt(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2);
        var lease = (await story.LeaseAsync(1, begun: true))[0];

        await story.WritesAsync(nameof(IWorkOrderManager.FailAsync), () => CallAsync(story, way, Story.Agent, work => work.FailAsync(lease, Snow)));
    }

    [Fact]
    public async Task Failed_attempts_of_two_orders_of_which_some_are_the_last()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(1, attempts: 1);
        await story.ProposeAsync(2, name: "next order");
        var leases = await story.LeaseAsync(3);

        await story.WritesAsync(nameof(IWorkOrderManager.FailManyAsync), async () => Assert.Equal(
            [true, true, false, true],
            (await story.By(Story.Agent).FailManyAsync(
            [
                new(leases[0], Snow), new(leases[1], Snow with { Retryable = false }), new(leases[2], Snow with { Code = "" }),
                new(leases[2], Snow with { RetryAfter = TimeSpan.Zero }),
            ])).Select(o => o.Succeeded)));
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task A_submit(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2);
        var lease = (await story.LeaseAsync(1))[0];
        story.HashesOf("""{"note":"quer über","plot":"p1","trees":12}""");
        var said = new SubmitOptions { Evidence = new JsonObject { ["photo"] = "1.jpg", ["by"] = "ü" }, Notes = "Counted \"twice\"." };

        await story.WritesAsync(nameof(IWorkOrderManager.SubmitAsync), () => CallAsync(story, way, Story.Agent, work =>
            work.SubmitAsync(lease, new Finding("p1", 12, "quer über"), said)));
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task The_last_submit_of_an_order(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2);
        var leases = await story.LeaseAsync(2, begun: true);
        await story.By(Story.Agent).SubmitAsync(leases[0], Finding(1));
        // What follows a commit does not follow the submit in a transaction that is not committed yet.
        story.Manner.AutoApprove = way == Way.Joined;

        await story.WritesAsync(nameof(IWorkOrderManager.SubmitAsync), () => CallAsync(story, way, Story.Agent, work =>
            work.SubmitAsync(leases[1].Token, Finding(2))));
    }

    [Fact]
    public async Task The_last_submit_of_an_order_of_which_an_item_has_failed()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2, attempts: 1);
        await story.LeaseAsync(1);
        story.Pass(TimeSpan.FromSeconds(120));
        await story.Maintenance.ReclaimExpiredAsync();
        var lease = (await story.LeaseAsync(1))[0];

        await story.WritesAsync(nameof(IWorkOrderManager.SubmitAsync), () => story.By(Story.Agent).SubmitAsync(lease, Finding(2)));
    }

    [Fact]
    public async Task A_submit_that_is_refused()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2);
        var lease = (await story.LeaseAsync(1))[0];

        await story.WritesAsync(nameof(IWorkOrderManager.SubmitAsync), () =>
            Assert.ThrowsAsync<WorkValidationException>(() => story.By(Story.Agent).SubmitAsync(lease, new Finding("p1", -1))));
    }

    [Fact]
    public async Task Submits_of_two_orders_of_which_one_is_refused()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2);
        await story.ProposeAsync(2, name: "next order");
        var leases = await story.LeaseAsync(4);
        Submission<Finding>[] results = [.. leases.Select((l, i) => new Submission<Finding>(l.Token, i == 3 ? new("p4", -1) : Finding(i + 1)))];

        await story.WritesAsync(nameof(IWorkOrderManager.SubmitManyAsync), async () => Assert.Equal(
            [true, true, true, false], (await story.By(Story.Agent).SubmitManyAsync(results)).Select(o => o.Succeeded)), inAnyOrder: true);
    }

    [Fact]
    public async Task Submits_whose_documents_fill_several_commands()
    {
        await using var story = await Story.StartAsync(databases, o => o.Limits.MaxPayloadBytes = Large + 1000);
        await story.ProposeAsync(3);
        var leases = await story.LeaseAsync(3, begun: true);
        story.HashesOf([.. Enumerable.Range(1, 3).Select(i => $$"""{"note":"{{Text(i)}}","plot":"p","trees":{{i}}}""")]);
        Submission<Finding>[] results = [.. leases.Select((l, i) => new Submission<Finding>(l.Token, new Finding("p", i + 1, Text(i + 1))))];

        await story.WritesAsync(nameof(IWorkOrderManager.SubmitManyAsync), async () => Assert.All(
            await story.By(Story.Agent).SubmitManyAsync(results), o => Assert.True(o.Succeeded)));
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task A_rejection(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        var order = await HalfDoneAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.RejectAsync), () => CallAsync(story, way, Story.Reviewer, work => work.RejectAsync(order.Id, Reasons)));
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task A_return_of_one_result(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        var order = await SubmittedAsync(story);
        var first = (await story.OrderAsync(order.Id)).Items.First().Id;

        await story.WritesAsync(nameof(IWorkOrderManager.ReturnForReworkAsync), () => CallAsync(
            story, way, Story.Reviewer, work => work.ReturnForReworkAsync(order.Id, Reasons, [first])));
    }

    [Fact]
    public async Task A_return_of_selected_orders()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await SubmittedAsync(story);

        await story.WritesAsync(nameof(IWorkMaintenance.ReturnForReworkAsync), async () => Assert.Equal(
            [order.Id], (await story.Maintenance.ReturnForReworkAsync(new() { Type = "rows.survey" }, Reasons)).OrderIds));
    }

    [Fact]
    public async Task A_return_of_a_rejected_order()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await HalfDoneAsync(story);
        await story.By(Story.Reviewer).RejectAsync(order.Id, Reasons);
        story.Pass(TimeSpan.FromSeconds(5));

        await story.WritesAsync(nameof(IWorkOrderManager.ReturnForReworkAsync), () => story.By(Story.Reviewer).ReturnForReworkAsync(order.Id, Reasons));
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task A_retry_of_a_failed_order(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        var order = await FailedAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.RetryAsync), () => CallAsync(story, way, Story.Reviewer, work => work.RetryAsync(order.Id)));
    }

    [Fact]
    public async Task A_retry_of_one_item_that_keeps_its_attempts()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(3, attempts: 1);
        var leases = await story.LeaseAsync(3);
        await story.By(Story.Agent).FailManyAsync([.. leases.Take(2).Select(l => new FailedAttempt(l, Snow))]);
        story.Pass(TimeSpan.FromSeconds(5));

        await story.WritesAsync(nameof(IWorkOrderManager.RetryAsync), () => story.By(Story.Planner).RetryAsync(
            leases[0].OrderId, [leases[1].Item.Id], keepAttempts: true));
    }

    [Fact]
    public async Task A_retry_of_selected_orders()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await FailedAsync(story);

        await story.WritesAsync(nameof(IWorkMaintenance.RetryAsync), async () => Assert.Equal(
            [order.Id], (await story.Maintenance.RetryAsync(new() { Type = "rows.survey" })).OrderIds));
    }

    [Fact]
    public async Task A_retry_of_an_order_that_failed_at_once()
    {
        await using var story = await Story.StartAsync(databases);
        var leases = await HeldAtOnceAsync(story);
        await story.By(Story.Agent).FailAsync(leases[0], Snow with { Retryable = false });
        story.Pass(TimeSpan.FromSeconds(5));

        await story.WritesAsync(nameof(IWorkOrderManager.RetryAsync), () => story.By(Story.Reviewer).RetryAsync(leases[0].OrderId));
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task A_failure_by_which_an_order_fails_at_once(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        var leases = await HeldAtOnceAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.FailAsync), () => CallAsync(
            story, way, Story.Agent, work => work.FailAsync(leases[0], Snow with { Retryable = false })));
    }

    [Fact]
    public async Task The_last_submit_of_an_order_that_goes_on_without_an_item()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.ProposeAsync(2);
        await story.RuleAsync(order.Id, ItemFailure.GoOn);
        var leases = await story.LeaseAsync(2);
        await story.By(Story.Agent).FailAsync(leases[0], Snow with { Retryable = false });

        await story.WritesAsync(nameof(IWorkOrderManager.SubmitAsync), () => story.By(Story.Agent).SubmitAsync(leases[1], Finding(2)));
    }

    [Fact]
    public async Task The_last_failure_of_an_order_that_goes_on_without_the_item()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.ProposeAsync(2);
        await story.RuleAsync(order.Id, ItemFailure.GoOn);
        var leases = await story.LeaseAsync(2);
        await story.By(Story.Agent).SubmitAsync(leases[1], Finding(2));

        await story.WritesAsync(nameof(IWorkOrderManager.FailAsync), () => story.By(Story.Agent).FailAsync(leases[0], Snow with { Retryable = false }));
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task A_dead_letter(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        var order = await FailedAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.DeadLetterAsync), () => CallAsync(
            story, way, Story.Reviewer, work => work.DeadLetterAsync(order.Id, "No \"snow\" any more.")));
    }

    [Fact]
    public async Task A_dead_letter_by_the_duty()
    {
        await using var story = await Story.StartAsync(databases);
        await FailedAsync(story);
        story.Pass(TimeSpan.FromHours(48));

        await story.WritesAsync(nameof(IWorkMaintenance.DeadLetterDueAsync), async () => Assert.Equal(1, await story.Maintenance.DeadLetterDueAsync()));
    }

    [Fact]
    public async Task A_prune_of_completed_orders()
    {
        await using var story = await Story.StartAsync(databases, o => o.Maintenance.PruneCompletedAfter = TimeSpan.FromDays(1));
        var order = await story.ProposeAsync(1);
        await story.By(Story.Agent).SubmitAsync((await story.LeaseAsync(1))[0], Finding(1));
        await story.By(Story.Reviewer).ApproveAsync(order.Id);
        story.Pass(TimeSpan.FromDays(1));

        await story.WritesAsync(nameof(IWorkMaintenance.PruneAsync), async () => Assert.Equal(1, (await story.Maintenance.PruneAsync()).Completed));
    }

    [Fact]
    public async Task A_reconciliation_of_an_order_that_miscounts_and_is_behind()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.ProposeAsync(2);
        await story.LeaseAsync(1, begun: true);
        await story.MiscountAsync(order.Id);

        await story.WritesAsync(
            nameof(IWorkMaintenance.ReconcileAsync), async () => Assert.Equal([order.Id], (await story.Maintenance.ReconcileAsync()).Recounted));
    }

    [Fact]
    public async Task A_proposal_that_waits_for_others()
    {
        await using var story = await Story.StartAsync(databases);
        var (done, open) = (await SubmittedAsync(story), await story.ProposeAsync(1, name: "open"));
        await story.By(Story.Reviewer).ApproveAsync(done.Id);
        story.HashesOf("""{"plots":["a","b","c"]}""");

        await story.WritesAsync(nameof(IWorkOrderManager.ProposeAsync), async () => story.Name(
            await story.By(Story.Planner).ProposeAsync(new Trail(["a", "b", "c"]), new() { After = [open.Id, done.Id] }), "trail"));
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task A_submit_for_which_an_item_waits(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeTrailAsync(3);
        var lease = (await story.LeaseAsync(1, begun: true))[0];

        await story.WritesAsync(nameof(IWorkOrderManager.SubmitAsync), () => CallAsync(story, way, Story.Agent, work => work.SubmitAsync(lease, Finding(1))));
    }

    [Fact]
    public async Task A_failure_with_which_others_fail()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeTrailAsync(3);
        var lease = (await story.LeaseAsync(1))[0];

        await story.WritesAsync(nameof(IWorkOrderManager.FailAsync), () => story.By(Story.Agent).FailAsync(lease, Snow with { Retryable = false }));
    }

    [Fact]
    public async Task A_failure_after_which_others_go_on()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeTrailAsync(3, DependencyFailure.GoOn);
        var lease = (await story.LeaseAsync(1))[0];

        await story.WritesAsync(nameof(IWorkOrderManager.FailAsync), () => story.By(Story.Agent).FailAsync(lease, Snow with { Retryable = false }));
    }

    [Fact]
    public async Task A_retry_of_an_item_for_which_others_wait()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.ProposeTrailAsync(3, DependencyFailure.GoOn);
        await story.By(Story.Agent).FailAsync((await story.LeaseAsync(1))[0], Snow with { Retryable = false });
        story.Pass(TimeSpan.FromSeconds(5));

        await story.WritesAsync(nameof(IWorkOrderManager.RetryAsync), () => story.By(Story.Reviewer).RetryAsync(order.Id));
    }

    [Fact]
    public async Task A_return_of_a_result_and_of_those_after_it()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.ProposeTrailAsync(3);
        for (var i = 1; i <= 3; i++)
        {
            await story.By(Story.Agent).SubmitAsync((await story.LeaseAsync(1))[0], Finding(i));
        }

        var second = (await story.OrderAsync(order.Id)).Items.ElementAt(1).Id;
        await story.WritesAsync(
            nameof(IWorkOrderManager.ReturnForReworkAsync), () => story.By(Story.Reviewer).ReturnForReworkAsync(order.Id, Reasons, [second]));
    }

    [Fact]
    public async Task An_approval_for_which_an_order_waits()
    {
        await using var story = await Story.StartAsync(databases);
        var first = await SubmittedAsync(story);
        await story.ProposeTrailAsync(2, DependencyFailure.Fail, first.Id);
        story.Pass(TimeSpan.FromSeconds(5));

        await story.WritesAsync(nameof(IWorkOrderManager.ApproveAsync), () => story.By(Story.Reviewer).ApproveAsync(first.Id));
    }

    [Fact]
    public async Task The_duty_where_an_order_waits_for_one_that_was_rejected()
    {
        await using var story = await Story.StartAsync(databases);
        await WaitsForARejectedAsync(story, DependencyFailure.Fail);

        await story.WritesAsync(
            nameof(IWorkMaintenance.SettleDependenciesAsync), async () => Assert.Equal(1, await story.Maintenance.SettleDependenciesAsync()));
    }

    [Fact]
    public async Task The_duty_where_an_order_goes_on_without_one_that_was_rejected()
    {
        await using var story = await Story.StartAsync(databases);
        await WaitsForARejectedAsync(story, DependencyFailure.GoOn);

        await story.WritesAsync(
            nameof(IWorkMaintenance.SettleDependenciesAsync), async () => Assert.Equal(1, await story.Maintenance.SettleDependenciesAsync()));
    }

    [Fact]
    public async Task A_purge_of_keys()
    {
        await using var story = await Story.StartAsync(databases);

        await story.WritesAsync(nameof(IWorkMaintenance.PurgeKeysAsync), async () => Assert.Equal(0, await story.Maintenance.PurgeKeysAsync()));
    }

    [Fact]
    public async Task A_pause_of_a_type()
    {
        await using var story = await Story.StartAsync(databases);

        await story.WritesAsync(nameof(IWorkMaintenance.PauseTypeAsync), () =>
            story.Maintenance.As(Story.Reviewer).PauseTypeAsync("rows.survey", "until the \"snow\" is gone"));
    }

    [Fact]
    public async Task A_resumption_of_a_type()
    {
        await using var story = await Story.StartAsync(databases);
        await story.Maintenance.PauseTypeAsync("rows.survey");
        await story.Maintenance.PauseTypeAsync("rows.trail");

        await story.WritesAsync(nameof(IWorkMaintenance.ResumeTypeAsync), () => story.Maintenance.ResumeTypeAsync("rows.survey"));
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task A_clone(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        var order = await FailedAsync(story);
        await story.By(Story.Reviewer).DeadLetterAsync(order.Id);
        story.HashesOf(UpgradedPayload);

        await story.WritesAsync(nameof(IWorkOrderManager.CloneAsync), () => CallAsync(
            story, way, Story.Reviewer, async work => story.Name(await work.CloneAsync(order.Id), "clone")));
    }

    [Fact]
    public async Task A_clone_of_selected_orders()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await FailedAsync(story);
        await story.By(Story.Reviewer).DeadLetterAsync(order.Id);
        story.HashesOf(UpgradedPayload);

        await story.WritesAsync(nameof(IWorkMaintenance.CloneAsync), async () =>
        {
            Assert.Equal([order.Id], (await story.Maintenance.CloneAsync(new() { Type = "rows.survey" }, priority: 60)).OrderIds);
            story.Name(await story.CloneOfAsync(order.Id), "clone");
        });
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task A_hold(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        var order = await HalfDoneAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.HoldAsync), () => CallAsync(
            story, way, Story.Reviewer, work => work.HoldAsync(order.Id, "until the \"snow\" is gone")));
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task A_resumption(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        var order = await HalfDoneAsync(story);
        await story.By(Story.Reviewer).HoldAsync(order.Id);
        story.Pass(TimeSpan.FromSeconds(5));

        await story.WritesAsync(nameof(IWorkOrderManager.ResumeAsync), () => CallAsync(story, way, Story.Reviewer, work => work.ResumeAsync(order.Id)));
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task Another_priority(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        var order = await HalfDoneAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.SetPriorityAsync), () => CallAsync(
            story, way, Story.Planner, work => work.SetPriorityAsync(order.Id, 51)));
    }

    [Fact]
    public async Task Another_due_time()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.ProposeAsync(1);

        await story.WritesAsync(nameof(IWorkOrderManager.SetDueAtAsync), () => story.By(Story.Reviewer).SetDueAtAsync(
            order.Id, new DateTimeOffset(2026, 4, 1, 9, 0, 0, TimeSpan.FromHours(2)).AddTicks(1_234_567)));
    }

    [Fact]
    public async Task A_rejection_of_a_submitted_order()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await SubmittedAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.RejectAsync), () => story.By(Story.Reviewer).RejectAsync(order.Id, Reasons));
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task A_cancellation_by_the_agent_that_proposed(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        var order = await HalfDoneAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.CancelAsync), () => CallAsync(story, way, Story.Planner, work =>
            work.CancelAsync(order.Id, "No longer \"needed\".")));
    }

    [Fact]
    public async Task A_cancellation_before_anybody_began()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.ProposeAsync(1);

        await story.WritesAsync(nameof(IWorkOrderManager.CancelAsync), () => story.By(Story.Reviewer).CancelAsync(order.Id));
    }

    [Fact]
    public async Task An_approval()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await SubmittedAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.ApproveAsync), () => story.By(Story.Reviewer).ApproveAsync(order.Id));
    }

    [Fact]
    public async Task A_preview()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await SubmittedAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.PreviewAsync), () => story.By(Story.Reviewer).PreviewAsync(order.Id));
    }

    [Fact]
    public async Task An_approval_of_what_was_reviewed()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await SubmittedAsync(story);
        var preview = await PreviewAsync(story, order);
        await ForgetNumbersAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.ApproveAsync), () => story.By(Story.Reviewer).ApproveAsync(order.Id, preview));
    }

    [Fact]
    public async Task One_of_two_approvals()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.SubmittedDeedAsync(1);
        var preview = await PreviewAsync(story, order);

        await story.WritesAsync(
            nameof(IWorkOrderManager.ApproveAsync), () => story.By(Story.Reviewer.WithRoles("clerk", "boss")).ApproveAsync(order.Id, preview));
    }

    [Fact]
    public async Task The_second_of_two_approvals_whose_apply_is_deferred()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.SubmittedDeedAsync(1);
        var preview = await PreviewAsync(story, order);
        await story.By(Story.Reviewer).ApproveAsync(order.Id, preview);
        story.Pass(TimeSpan.FromSeconds(5));

        await story.WritesAsync(nameof(IWorkOrderManager.ApproveAsync), () => story.By(Actor.User("carl")).ApproveAsync(order.Id, preview));
    }

    [Fact]
    public async Task A_deferred_apply()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.SubmittedDeedAsync(1);
        var preview = await PreviewAsync(story, order);
        await story.By(Story.Reviewer).ApproveAsync(order.Id, preview);
        await story.By(Actor.User("carl")).ApproveAsync(order.Id, preview);
        story.Pass(TimeSpan.FromSeconds(5));
        await ForgetNumbersAsync(story);

        await story.WritesAsync(nameof(IWorkMaintenance.ApproveDueAsync), async () => Assert.Equal(1, await story.Maintenance.ApproveDueAsync()));
    }

    [Theory, InlineData(Way.Own), InlineData(Way.Joined)]
    public async Task An_edit_of_a_result(Way way)
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.SubmittedDeedAsync(2);
        var preview = await PreviewAsync(story, order);
        await story.By(Actor.User("carl")).ApproveAsync(order.Id, preview);
        story.Pass(TimeSpan.FromSeconds(5));
        await ForgetNumbersAsync(story);
        story.HashesOf("""{"note":"counted again","plot":"p1","trees":7}""");
        var item = (await story.By(Story.Reviewer).GetAsync(order.Id)).Items.OrderBy(i => i.Id).First();

        await story.WritesAsync(nameof(IWorkOrderManager.EditAsync), () => CallAsync(
            story, way, Story.Reviewer,
            work => work.EditAsync(item.Id, new Finding("p1", 7, "counted again"), new() { Comment = "Too few.", ResultHash = item.ResultHash })));
    }

    [Fact]
    public async Task An_approval_of_what_can_be_put_back()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.SubmittedParcelAsync();

        await story.WritesAsync(nameof(IWorkOrderManager.ApproveAsync), () => story.By(Story.Reviewer).ApproveAsync(order.Id));
    }

    [Fact]
    public async Task A_proposal_of_a_reversal()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.SubmittedParcelAsync();
        await story.By(Story.Reviewer).ApproveAsync(order.Id);
        story.Pass(TimeSpan.FromSeconds(5));
        story.HashesOf($$"""{"comment":"The wrong parcel.","orderId":"{{order.Id}}"}""", """{"rows":3}""");

        await story.WritesAsync(nameof(IWorkOrderManager.ProposeReversalAsync), async () =>
            story.Name(await story.By(Story.Planner).ProposeReversalAsync(order.Id, "The wrong parcel."), "reversal"));
    }

    [Fact]
    public async Task An_approval_of_a_reversal()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.SubmittedParcelAsync();
        await story.By(Story.Reviewer).ApproveAsync(order.Id);
        var reversal = await story.By(Story.Planner).ProposeReversalAsync(order.Id);
        story.Name(reversal, "reversal");
        story.Pass(TimeSpan.FromSeconds(5));

        await story.WritesAsync(nameof(IWorkOrderManager.ApproveAsync), () => story.By(Story.Reviewer).ApproveAsync(reversal.Id));
    }

    [Fact]
    public async Task An_approval_of_what_has_changed_since_somebody_else_approved_it()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.SubmittedDeedAsync(2);
        var preview = await PreviewAsync(story, order);
        await story.By(Story.Reviewer).ApproveAsync(order.Id, preview);
        await story.ExecuteAsync("UPDATE work_items SET result_hash = 'another' WHERE order_type = 'rows.deed'");
        story.Pass(TimeSpan.FromSeconds(5));

        await story.WritesAsync(nameof(IWorkOrderManager.ApproveAsync), () => Assert.ThrowsAsync<StaleReviewException>(
            () => story.By(Actor.User("carl")).ApproveAsync(order.Id, preview)));
    }

    [Fact]
    public async Task Decisions_about_items()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await SubmittedAsync(story);
        var items = (await story.OrderAsync(order.Id)).Items.ToList();

        await story.WritesAsync(nameof(IWorkOrderManager.DecideAsync), () => story.By(Story.Reviewer).DecideAsync(
            order.Id, [ItemDecision.Accept(items[0]), ItemDecision.Reject(items[1], [.. Reasons])]));
    }

    [Fact]
    public async Task A_review_that_somebody_takes()
    {
        await using var story = await Story.StartAsync(databases);
        await SubmittedAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.TakeReviewAsync), () => story.By(Story.Reviewer).TakeReviewAsync());
    }

    [Fact]
    public async Task A_review_that_somebody_takes_again()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await SubmittedAsync(story);
        await story.By(Story.Reviewer).TakeReviewAsync();
        story.Pass(TimeSpan.FromSeconds(5));

        await story.WritesAsync(nameof(IWorkOrderManager.TakeReviewAsync), () => story.By(Story.Reviewer).TakeReviewAsync(
            new() { OrderId = order.Id, For = TimeSpan.FromHours(1) }));
    }

    [Fact]
    public async Task A_review_that_somebody_skips()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await SubmittedAsync(story);
        await story.By(Story.Reviewer).TakeReviewAsync();
        story.Pass(TimeSpan.FromSeconds(5));

        await story.WritesAsync(
            nameof(IWorkOrderManager.SkipReviewAsync), () => story.By(Story.Reviewer).SkipReviewAsync(order.Id, "I do not know this customer."));
    }

    [Fact]
    public async Task The_first_of_two_approvals_by_somebody_who_has_taken_the_order()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.SubmittedDeedAsync(2);
        await story.By(Story.Reviewer).TakeReviewAsync();
        var preview = await PreviewAsync(story, order);
        story.Pass(TimeSpan.FromSeconds(5));

        await story.WritesAsync(nameof(IWorkOrderManager.ApproveAsync), () => story.By(Story.Reviewer).ApproveAsync(order.Id, preview));
    }

    [Fact]
    public async Task Approvals_of_several_orders()
    {
        await using var story = await Story.StartAsync(databases);
        var (one, other) = (await SubmittedAsync(story), await SubmittedAsync(story));

        await story.WritesAsync(nameof(IWorkOrderManager.ApproveManyAsync), async () =>
        {
            var outcomes = await story.By(Story.Reviewer).ApproveManyAsync([new(one.Id), new(Guid.Empty), new(other.Id)]);
            // The customer that the second one deletes is gone with the first.
            Assert.Equal([null, "not_found", "apply_failed"], outcomes.Select(o => o.Error?.Code));
        });
    }

    [Fact]
    public async Task Decisions_that_return_an_item()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await SubmittedAsync(story);
        var items = (await story.OrderAsync(order.Id)).Items.ToList();

        await story.WritesAsync(nameof(IWorkOrderManager.DecideAsync), () => story.By(Story.Reviewer).DecideAsync(
            order.Id, [ItemDecision.Accept(items[0]), ItemDecision.Return(items[1], [.. Reasons])]));
    }

    [Fact]
    public async Task Decisions_that_move_items_to_an_order_of_their_own()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.SubmittedDeedAsync(3);
        var items = (await story.OrderAsync(order.Id)).Items.OrderBy(i => i.Id).ToList();

        await story.WritesAsync(nameof(IWorkOrderManager.DecideAsync), async () =>
        {
            var decided = await story.By(Story.Reviewer).DecideAsync(
                order.Id, [ItemDecision.Accept(items[0]), ItemDecision.Return(items[1], [.. Reasons])]);
            story.Name(await story.OrderAsync(decided.ChildOrder!.Id), "child");
        });
    }

    [Fact]
    public async Task An_approval_of_own_work()
    {
        await using var story = await Story.StartAsync(databases);
        story.Manner.AllowSelfApproval = true;
        var order = await SubmittedAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.ApproveAsync), () => story.By(Actor.User("7")).ApproveAsync(order.Id));
    }

    [Fact]
    public async Task An_approval_whose_apply_fails()
    {
        await using var story = await Story.StartAsync(databases);
        story.Manner.Failure = new FormatException("The host's code failed.");
        var order = await SubmittedAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.ApproveAsync), () =>
            Assert.ThrowsAsync<ApplyFailedException>(() => story.By(Story.Reviewer).ApproveAsync(order.Id)));
    }

    [Fact]
    public async Task An_approval_by_an_agent()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await SubmittedAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.ApproveAsync), () =>
            Assert.ThrowsAsync<ApprovalDeniedException>(() => story.By(Story.Agent).ApproveAsync(order.Id)));
    }

    [Fact]
    public async Task An_approval_by_the_one_behind_the_agent()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await SubmittedAsync(story);

        await story.WritesAsync(nameof(IWorkOrderManager.ApproveAsync), () =>
            Assert.ThrowsAsync<ApprovalDeniedException>(() => story.By(Actor.User("7")).ApproveAsync(order.Id)));
    }

    [Fact]
    public async Task An_automatic_approval()
    {
        await using var story = await Story.StartAsync(databases);
        story.Manner.AutoApprove = true;
        await story.ProposeAsync(1);
        var lease = (await story.LeaseAsync(1, begun: true))[0];

        await story.WritesAsync(nameof(IWorkOrderManager.SubmitAsync), () => story.By(Story.Agent).SubmitAsync(lease, Finding(1)));
    }

    [Fact]
    public async Task An_automatic_approval_whose_apply_fails()
    {
        await using var story = await Story.StartAsync(databases);
        story.Manner.AutoApprove = true;
        story.Manner.Failure = new FormatException("The host's code failed.");
        await story.ProposeAsync(1);
        var lease = (await story.LeaseAsync(1, begun: true))[0];

        await story.WritesAsync(nameof(IWorkOrderManager.SubmitAsync), () => story.By(Story.Agent).SubmitAsync(lease, Finding(1)));
    }

    [Fact]
    public async Task An_automatic_approval_by_the_duty()
    {
        await using var story = await Story.StartAsync(databases);
        story.Manner.AutoApprove = true;
        await story.ProposeAsync(1);
        var lease = (await story.LeaseAsync(1, begun: true))[0];
        await story.InTransactionAsync(Story.Agent, work => work.SubmitAsync(lease, Finding(1)));

        await story.WritesAsync(nameof(IWorkMaintenance.ApproveDueAsync), async () => Assert.Equal(1, await story.Maintenance.ApproveDueAsync()));
    }

    [Fact]
    public async Task A_recovery_of_leases_that_ran_out()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(3);
        var leases = await story.LeaseAsync(2, begun: true);
        await story.By(Story.Agent).SubmitAsync(leases[0], Finding(1));
        story.Pass(TimeSpan.FromSeconds(120));

        await story.WritesAsync(nameof(IWorkMaintenance.ReclaimExpiredAsync), async () => Assert.Equal(1, await story.Maintenance.ReclaimExpiredAsync()));
    }

    [Fact]
    public async Task A_recovery_of_the_last_leases_that_items_may_have()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2, attempts: 1);
        await story.ProposeAsync(2, attempts: 1, name: "next order");
        await story.LeaseAsync(3);
        story.Pass(TimeSpan.FromSeconds(120));

        await story.WritesAsync(nameof(IWorkMaintenance.ReclaimExpiredAsync), async () => Assert.Equal(3, await story.Maintenance.ReclaimExpiredAsync()));
    }

    [Fact]
    public async Task A_recovery_of_items_whose_time_has_come()
    {
        await using var story = await Story.StartAsync(databases);
        await story.ProposeAsync(2);
        await story.LeaseAsync(2);
        story.Pass(TimeSpan.FromSeconds(120));
        await story.Maintenance.ReclaimExpiredAsync();
        story.Pass(TimeSpan.FromSeconds(61));

        await story.WritesAsync(nameof(IWorkMaintenance.ReclaimExpiredAsync), () => story.Maintenance.ReclaimExpiredAsync());
    }

    [Fact]
    public async Task A_revocation_of_the_leases_of_an_order()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.ProposeAsync(3);
        var leases = await story.LeaseAsync(2);
        await story.By(Story.Agent).HeartbeatAsync(leases[0]);

        await story.WritesAsync(nameof(IWorkMaintenance.RevokeLeasesAsync), () => story.Maintenance.As(Story.Reviewer).RevokeLeasesAsync(
            new() { OrderId = order.Id }, "It \"hangs\"."));
    }

    [Fact]
    public async Task An_extension_of_leases()
    {
        await using var story = await Story.StartAsync(databases);
        var order = await story.ProposeAsync(2);
        await story.LeaseAsync(2);

        await story.WritesAsync(nameof(IWorkMaintenance.ExtendLeasesAsync), () => story.Maintenance.ExtendLeasesAsync(
            new() { OrderId = order.Id }, TimeSpan.FromMinutes(15)));
    }

    [Fact]
    public async Task A_proposal_by_a_generator()
    {
        await using var story = await Story.StartAsync(databases);
        story.HashesOf("""{"area":1,"plots":[{"at":null,"attempts":null,"kind":null,"name":"g"}],"upgradedFrom":null,"zone":"found"}""");

        await story.WritesAsync(nameof(IWorkMaintenance.GenerateAsync), async () => story.Name(
            await story.OrderAsync((await story.Maintenance.GenerateAsync()).OrderIds.Single()), "order"));
    }

    [Fact]
    public async Task A_transaction_that_the_caller_rolls_back_writes_nothing()
    {
        await using var story = await Story.StartAsync(databases);
        story.Manner.AutoApprove = true;
        var order = await story.ProposeAsync(1);
        var lease = (await story.LeaseAsync(1))[0];
        var before = await story.ReadAsync();

        await story.InTransactionAsync(Story.Agent, work => work.SubmitAsync(lease, Finding(1)), commits: false);
        await story.InTransactionAsync(Story.Planner, work => work.ProposeAsync(new Survey("west", 1, [new("w")])), commits: false);
        await story.InTransactionAsync(Story.Reviewer, work => work.CancelAsync(order.Id), commits: false);
        await story.InTransactionAsync(Story.Reviewer, work => work.RejectAsync(order.Id, Reasons), commits: false);

        Assert.Equal("Nothing.\n", new RowText(default, "none").Difference(before, await story.ReadAsync()));
    }

    private static string Text(int number) => new((char)('a' + number), Large);

    private static Finding Finding(int number) => new(string.Create(CultureInfo.InvariantCulture, $"p{number}"), number);

    private static Task CallAsync(Story story, Way way, Actor actor, Func<IWorkOrderManager, Task> call) =>
        way == Way.Own ? call(story.By(actor)) : story.InTransactionAsync(actor, call);

    /// <summary>An order that waits for one which was rejected in a transaction of the caller: nobody was told.</summary>
    private static async Task WaitsForARejectedAsync(Story story, DependencyFailure rule)
    {
        var first = await story.ProposeAsync(1);
        await story.ProposeTrailAsync(2, rule, first.Id);
        await story.InTransactionAsync(Story.Reviewer, work => work.RejectAsync(first.Id, Reasons));
        story.Pass(TimeSpan.FromSeconds(5));
    }

    /// <summary>An order with an item in each state that an open order's items can be in.</summary>
    private static async Task<WorkOrder> HalfDoneAsync(Story story)
    {
        var order = await story.ProposeAsync(5);
        var leases = await story.LeaseAsync(3);
        await story.By(Story.Agent).SubmitAsync(leases[0], Finding(1));
        await story.By(Story.Agent).HeartbeatAsync(leases[1]);
        // The fourth waits for its next attempt.
        Assert.NotNull(await story.By(Story.Agent).CheckoutAsync(new() { Ttl = TimeSpan.FromSeconds(1) }));
        story.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await story.Maintenance.ReclaimExpiredAsync());
        story.Pass(TimeSpan.FromSeconds(1));
        return order;
    }

    /// <summary>An order of which one item has failed, and the other has a result.</summary>
    private static async Task<WorkOrder> FailedAsync(Story story)
    {
        var order = await story.ProposeAsync(2);
        var leases = await story.LeaseAsync(2);
        await story.By(Story.Agent).SubmitAsync(leases[0], Finding(1));
        await story.By(Story.Agent).FailAsync(leases[1], Snow with { Retryable = false });
        story.Pass(TimeSpan.FromSeconds(5));
        return order;
    }

    /// <summary>Two held items of an order that fails at once. It has one with a result and one that is queued, too.</summary>
    private static async Task<IReadOnlyList<WorkLease>> HeldAtOnceAsync(Story story)
    {
        var order = await story.ProposeAsync(4);
        await story.RuleAsync(order.Id, ItemFailure.FailOrderAtOnce);
        var leases = await story.LeaseAsync(3);
        await story.By(Story.Agent).SubmitAsync(leases[2], Finding(3));
        story.Pass(TimeSpan.FromSeconds(1));
        return leases;
    }

    private static async Task<ContentHash?> PreviewAsync(Story story, WorkOrder order) =>
        (await story.By(Story.Reviewer).PreviewAsync(order.Id)).ContentHash;

    // A preview uses up numbers where the database does not give them back.
    private Task ForgetNumbersAsync(Story story) => databases.Provider == Provider.PostgreSql
        ? story.ExecuteAsync("""ALTER TABLE ledger ALTER COLUMN "Id" RESTART""")
        : Task.CompletedTask;

    private static async Task<WorkOrder> SubmittedAsync(Story story)
    {
        var order = await story.ProposeAsync(2);
        foreach (var (lease, i) in (await story.LeaseAsync(2, begun: true)).Select((lease, i) => (lease, i)))
        {
            await story.By(Story.Agent).SubmitAsync(lease, Finding(i + 1));
        }

        story.Pass(TimeSpan.FromSeconds(5));
        return order;
    }
}

public sealed class WholeRowsOnSqlite(SqliteFixture databases) : WholeRowsSpecification(databases), IOnSqlite;

public sealed class WholeRowsOnPostgreSql(PostgreSqlFixture databases) : WholeRowsSpecification(databases), IOnPostgreSql;
