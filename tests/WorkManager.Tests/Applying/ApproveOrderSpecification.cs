using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Applying;

public abstract class ApproveOrderSpecification(DatabaseFixture databases)
{
    private static readonly string[] Failure = ["work_orders.updated_at", "work_orders.error", "work_orders.apply_attempts"];

    [Fact, Trait("Scenario", "S12"), Trait("Scenario", "S06")]
    public async Task The_hooks_run_once_each_in_their_order_and_the_audit_tells_what_changed()
    {
        var script = new Script
        {
            Before = async (_, services) => (await services.GetRequiredService<ShopContext>().Customers.SingleAsync()).Name = "Ada Lovelace",
        };
        await using var app = await script.StartAsync(databases);
        await app.ReadAsync(async db =>
        {
            db.Customers.Add(new Customer { Name = "Ada" });
            return await db.SaveChangesAsync();
        });
        var order = await app.SubmittedNoteAsync("hello");
        script.Calls.Clear();

        var approved = await app.Reviewer.ApproveAsync(order.Id);

        script.Calls.Should().Equal("ready", "before", "apply", "after");
        (approved.State, approved.AppliedAt, approved.CompletedAt).Should().Be((OrderState.Completed, app.Time.GetUtcNow(), app.Time.GetUtcNow()));
        approved.Items.Single().State.Should().Be(ItemState.Completed);
        var stored = await app.OrderAsync(order.Id);
        stored.Events.Skip(order.Events.Count).Select(e => (e.Event, e.ActorType, e.ActorId, e.ItemId is null)).Should().Equal(
            ("approved", ActorType.User, "bert", true), ("applied", ActorType.System, "workmanager", true),
            ("accepted", ActorType.System, "workmanager", false), ("completed", ActorType.System, "workmanager", false),
            ("completed", ActorType.System, "workmanager", true));
        var changes = JsonNode.Parse(stored.Events.Single(e => e.Event == "applied").Diff!)!["changes"]!.AsObject();
        changes.Select(c => (c.Key.Split(':')[0], c.Value!["type"]!.GetValue<string>())).Should().BeEquivalentTo([("customers", "modified"), ("new", "added")]);
        changes.Single(c => c.Key.StartsWith("customers", StringComparison.Ordinal)).Value!["to"]!["Name"]!.GetValue<string>().Should().Be("Ada Lovelace");
        changes["new:ledger:1"]!["value"]!["Text"]!.GetValue<string>().Should().Be("hello");
        stored.Items.Single().AcceptedAt.Should().Be(app.Time.GetUtcNow());
    }

    [Fact, Trait("Scenario", "S06")]
    public async Task Five_results_become_one_change_that_the_order_type_describes_itself()
    {
        var script = new Script
        {
            Plan = n => Enumerable.Range(1, 5).Select(i => new PlannedItem<Note>(new Note($"dimension {i}"))),
            Apply = (apply, services) =>
            {
                var score = apply.Items.Average(i => int.Parse(i.Result.Text, System.Globalization.CultureInfo.InvariantCulture));
                Script.Ledger(services).Add(new LedgerEntry { OrderId = apply.OrderId, Text = $"{score}" });
                apply.Describe(WorkDiff.Between([], new JsonObject { ["tier"] = "B", ["overall_score"] = score }, "City rated"));
                return Task.CompletedTask;
            },
        };
        await using var app = await script.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(new Note("Lyon"));
        for (var score = 1; score <= 5; score++)
        {
            await app.Agent($"agent-{score}").SubmitAsync(await app.LeaseAsync($"agent-{score}"), new Answer($"{score * 10}"));
        }

        await app.Reviewer.ApproveAsync(order.Id);

        var stored = await app.OrderAsync(order.Id);
        stored.Items.Should().HaveCount(5).And.AllSatisfy(i => i.State.Should().Be(ItemState.Completed));
        stored.State.Should().Be(OrderState.Completed);
        var diff = JsonNode.Parse(stored.Events.Single(e => e.Event == "applied").Diff!)!;
        var changes = diff["changes"]!;
        (changes["tier"]!["value"]!.GetValue<string>(), changes["overall_score"]!["value"]!.GetValue<double>(), diff["summary"]!.GetValue<string>())
            .Should().Be(("B", 30, "City rated"));
        (await app.LedgerAsync(order.Id)).Should().Equal("30");
    }

    [Fact, Trait("Scenario", "S05")]
    public async Task An_order_that_its_type_finds_not_ready_stays_submitted()
    {
        var script = new Script { Ready = review => review.NotReady($"'{review.Items.Single().Result.Text}' is false.") };
        await using var app = await script.StartAsync(databases);
        var order = await app.SubmittedNoteAsync();

        var refusal = await app.RefusesAsync<OrderNotReadyException>("order_not_ready", () => app.Reviewer.ApproveAsync(order.Id));

        (refusal.OrderId, refusal.Reasons.Single()).Should().Be((order.Id, "'done' is false."));
        script.Calls.Should().NotContain("before").And.NotContain("apply");
    }

    [Fact, Trait("Scenario", "S05")]
    public async Task Every_reason_against_an_approval_is_told()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(3));
        foreach (var lease in await app.Agent("agent-1").CheckoutManyAsync(3))
        {
            await app.Agent("agent-1").SubmitAsync(lease, new BatchResult("b", true, lease.Input<Batch>().Id == "b2" ? 1 : 0));
        }

        var refusal = await app.RefusesAsync<OrderNotReadyException>("order_not_ready", () => app.Reviewer.ApproveAsync(order.Id));

        refusal.Reasons.Should().Equal("Batch b1 is empty.", "Batch b3 is empty.");
    }

    [Fact, Trait("Scenario", "S10")]
    public async Task An_order_is_not_ready_while_a_result_is_missing()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(2));
        await app.RefusesAsync<OrderNotReadyException>("order_not_ready", () => app.Reviewer.ApproveAsync(order.Id));
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), new BatchResult("b1", true, 1));

        var refusal = await app.RefusesAsync<OrderNotReadyException>("order_not_ready", () => app.Reviewer.ApproveAsync(order.Id));

        refusal.Reasons.Should().Equal("1 of 2 items have no result yet.");
    }

    [Fact, Trait("Bug", "B6")]
    public async Task An_approval_sees_for_itself_that_all_results_are_in()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();
        // What the original did to an order when its last two results came in at once.
        await app.Database.ExecuteAsync("UPDATE work_orders SET state = 'in_progress'");

        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact, Trait("Bug", "B27")]
    public async Task Items_that_were_accepted_before_are_completed_too()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();
        await app.Database.ExecuteAsync("UPDATE work_items SET state = 'accepted'");

        await app.Reviewer.ApproveAsync(order.Id);

        var stored = await app.OrderAsync(order.Id);
        (stored.State, stored.Items.Single().State).Should().Be((OrderState.Completed, ItemState.Completed));
        stored.Events.Should().NotContain(e => e.Event == "accepted");
    }

    [Fact, Trait("Scenario", "S11"), Trait("Bug", "B8")]
    public async Task A_completed_order_is_not_applied_again()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();
        await app.Reviewer.ApproveAsync(order.Id);

        var refusal = await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.By(Actor.User("anna")).ApproveAsync(order.Id));

        (refusal.From, refusal.To).Should().Be(("completed", "approved"));
        (await app.LedgerAsync(order.Id)).Should().HaveCount(1);
    }

    [Fact, Trait("Scenario", "S32"), Trait("Bug", "B8"), Trait("Bug", "B17")]
    public async Task Of_approvers_at_once_one_applies_the_order_and_the_others_are_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        for (var round = 0; round < 5; round++)
        {
            var order = await app.SubmittedEchoAsync();

            var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(async () =>
            {
                try
                {
                    return (await app.By(Actor.User($"reviewer-{n}")).ApproveAsync(order.Id)).State.ToString();
                }
                catch (IllegalTransitionException refusal)
                {
                    return refusal.From;
                }
            })));

            outcomes.Should().BeEquivalentTo("Completed", "completed", "completed", "completed");
            (await app.LedgerAsync(order.Id)).Should().HaveCount(1);
            var stored = await app.OrderAsync(order.Id);
            stored.State.Should().Be(OrderState.Completed);
            stored.Events.Count(e => e.Event == "approved").Should().Be(1);
        }
    }

    [Fact, Trait("Scenario", "S09")]
    public async Task An_apply_that_throws_changes_nothing_says_why_and_can_be_tried_again()
    {
        var broken = true;
        var script = new Script();
        var working = script.Apply;
        script.Apply = async (apply, services) =>
        {
            await working(apply, services);
            await services.GetRequiredService<ShopContext>().SaveChangesAsync();
            if (broken)
            {
                throw new TimeoutException("price service");
            }
        };
        var log = new LogSink();
        await using var app = await script.StartAsync(databases, b => b.Services.AddLogging(l => l.AddProvider(log)));
        var order = await app.SubmittedNoteAsync();
        var before = await Refusal.ReadAsync(app.Database, [.. Failure, "work_orders.revision"]);

        var failure = (await FluentActions.Awaiting(() => app.Reviewer.ApproveAsync(order.Id)).Should().ThrowExactlyAsync<ApplyFailedException>()).Which;

        (failure.Code, failure.OrderId).Should().Be(("apply_failed", order.Id));
        failure.InnerException.Should().BeOfType<TimeoutException>();
        var stored = await app.OrderAsync(order.Id);
        (stored.State, stored.AppliedAt, stored.Items.Single().State).Should().Be((OrderState.Submitted, null, ItemState.Submitted));
        (await app.LedgerAsync(order.Id)).Should().BeEmpty();
        (await Refusal.ReadAsync(app.Database, [.. Failure, "work_orders.revision"])).Except(before)
            .Should().ContainSingle("one event is all that was written");
        var recorded = stored.Events.Last();
        (recorded.Event, recorded.ActorId, recorded.ItemId).Should().Be(("failed", "bert", null));
        var payload = JsonNode.Parse(recorded.Payload!)!;
        (payload["code"]!.GetValue<string>(), payload["exception"]!.GetValue<string>(), payload["message"]!.GetValue<string>())
            .Should().Be(("apply_failed", "System.TimeoutException", "price service"));
        log.Entries.Should().Contain(e => e.Event == "ApplyFailed" && e.Level == LogLevel.Error);

        broken = false;
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
        (await app.LedgerAsync(order.Id)).Should().Equal("note");
    }

    [Theory, Trait("Scenario", "S09")]
    [InlineData("ready")]
    [InlineData("before")]
    [InlineData("save")]
    public async Task Whichever_step_of_the_host_throws_the_order_stays_submitted(string step)
    {
        var script = new Script();
        switch (step)
        {
            case "ready":
                script.Ready = _ => throw new TimeoutException(step);
                break;
            case "before":
                script.Before = (_, _) => throw new TimeoutException(step);
                break;
            default:
                script.Apply = (apply, services) =>
                {
                    // Refused by the database when the engine saves.
                    services.GetRequiredService<ShopContext>().Add(new LedgerEntry { OrderId = apply.OrderId, Text = null! });
                    return Task.CompletedTask;
                };
                break;
        }

        await using var app = await script.StartAsync(databases);
        var order = await app.SubmittedNoteAsync();

        await FluentActions.Awaiting(() => app.Reviewer.ApproveAsync(order.Id)).Should().ThrowExactlyAsync<ApplyFailedException>();

        var stored = await app.OrderAsync(order.Id);
        (stored.State, stored.Events.Last().Event).Should().Be((OrderState.Submitted, "failed"));
        (await app.LedgerAsync(order.Id)).Should().BeEmpty();
    }

    [Fact]
    public async Task Time_and_ids_are_the_same_however_often_an_order_is_applied()
    {
        var seen = new List<(DateTimeOffset Now, Guid First, Guid Second)>();
        var script = new Script
        {
            Apply = (apply, _) =>
            {
                seen.Add((apply.Now, apply.NewId(), apply.NewId()));
                return seen.Count < 3 ? throw new TimeoutException() : Task.CompletedTask;
            },
        };
        await using var app = await script.StartAsync(databases);
        var submittedAt = app.Time.GetUtcNow();
        var order = await app.SubmittedNoteAsync();
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            app.Time.Advance(TimeSpan.FromHours(1));
            await FluentActions.Awaiting(() => app.Reviewer.ApproveAsync(order.Id)).Should().ThrowExactlyAsync<ApplyFailedException>();
            // What is applied stays the same.
            await app.Reviewer.SetPriorityAsync(order.Id, attempt);
            await app.Reviewer.HoldAsync(order.Id);
            await app.Reviewer.ResumeAsync(order.Id);
        }

        await app.Reviewer.ApproveAsync(order.Id);

        seen.Should().HaveCount(3).And.AllBeEquivalentTo(seen[0]);
        seen[0].Now.Should().Be(submittedAt);
        seen[0].First.Should().NotBe(seen[0].Second);
    }

    [Fact]
    public async Task Another_result_gives_other_ids()
    {
        var ids = new List<Guid>();
        var script = new Script
        {
            Apply = (apply, _) =>
            {
                ids.Add(apply.NewId());
                return ids.Count < 2 ? throw new TimeoutException() : Task.CompletedTask;
            },
        };
        await using var app = await script.StartAsync(databases);
        var order = await app.SubmittedNoteAsync();
        await FluentActions.Awaiting(() => app.Reviewer.ApproveAsync(order.Id)).Should().ThrowExactlyAsync<ApplyFailedException>();
        await app.Reviewer.ReturnForReworkAsync(order.Id, [new RejectionReason("wrong", "Do it again.")]);
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), new Answer("another"));

        await app.Reviewer.ApproveAsync(order.Id);

        ids.Should().HaveCount(2).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Two_orders_get_different_ids()
    {
        var ids = new List<Guid>();
        var script = new Script
        {
            Apply = (apply, _) =>
            {
                ids.Add(apply.NewId());
                return Task.CompletedTask;
            },
        };
        await using var app = await script.StartAsync(databases);
        await app.Reviewer.ApproveAsync((await app.SubmittedNoteAsync()).Id);
        await app.Reviewer.ApproveAsync((await app.SubmittedNoteAsync()).Id);

        ids.Should().HaveCount(2).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task An_unknown_order_is_not_found_and_a_cancelled_token_changes_nothing()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();

        await app.RefusesAsync<WorkNotFoundException>("not_found", () => app.Reviewer.ApproveAsync(Guid.NewGuid()));
        await app.RefusesAsync<OperationCanceledException>(null, () => app.Reviewer.ApproveAsync(order.Id, null, new CancellationToken(true)));
    }

    [Fact]
    public async Task A_token_that_is_cancelled_while_the_host_applies_rolls_everything_back()
    {
        using var cancel = new CancellationTokenSource();
        var script = new Script
        {
            Apply = async (_, _) =>
            {
                await cancel.CancelAsync();
                cancel.Token.ThrowIfCancellationRequested();
            },
        };
        await using var app = await script.StartAsync(databases);
        var order = await app.SubmittedNoteAsync();

        await app.RefusesAsync<OperationCanceledException>(null, () => app.Reviewer.ApproveAsync(order.Id, null, cancel.Token));
    }

    [Fact]
    public async Task A_content_hash_that_no_review_issued_is_outdated()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();

        await app.RefusesAsync<StaleReviewException>("stale_review", () => app.Reviewer.ApproveAsync(order.Id, ContentHash.Parse(new string('a', 64))));
    }

    [Fact]
    public async Task An_agent_never_approves()
    {
        await using var app = await new Script { AllowSelfApproval = true }.StartAsync(databases);
        var order = await app.SubmittedNoteAsync();

        foreach (var agent in (Actor[])[Actor.Agent("agent-1"), Actor.Agent("agent-2", onBehalfOf: Actor.User("bert"))])
        {
            var refusal = await app.RefusesApprovalAsync(() => app.By(agent).ApproveAsync(order.Id));
            (refusal.OrderId, refusal.Reason).Should().Be((order.Id, ApprovalDeniedReason.Agent));
        }
    }

    public static TheoryData<Actor> Submitters => [
        Actor.User("bert"),
        Actor.Agent("agent-1", onBehalfOf: Actor.User("bert")),
        Actor.Agent("agent-1", onBehalfOf: Actor.Agent("agent-2", onBehalfOf: Actor.User("bert")))];

    [Theory, MemberData(nameof(Submitters), DisableDiscoveryEnumeration = true)]
    public async Task Nobody_approves_own_work_directly_or_through_agents(Actor submitter)
    {
        await using var app = await new Script().StartAsync(databases);
        var order = await app.SubmittedNoteAsync(by: submitter);

        var refusal = await app.RefusesApprovalAsync(() => app.Reviewer.ApproveAsync(order.Id));

        refusal.Reason.Should().Be(ApprovalDeniedReason.Self);
        (await app.By(Actor.User("anna")).ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
        (await DecisionAsync(app, order)).SelfApproval.Should().BeFalse();
    }

    [Theory, MemberData(nameof(Submitters), DisableDiscoveryEnumeration = true)]
    public async Task An_order_type_may_allow_self_approval_and_it_is_marked_as_such(Actor submitter)
    {
        await using var app = await new Script { AllowSelfApproval = true }.StartAsync(databases);
        var order = await app.SubmittedNoteAsync(by: submitter);

        await app.Reviewer.ApproveAsync(order.Id);

        var decision = await DecisionAsync(app, order);
        (decision.Decision, decision.ActorId, decision.SelfApproval, decision.ConsumedAt).Should().Be(("approve", "bert", true, app.Time.GetUtcNow()));
        (await app.OrderAsync(order.Id)).Events.Single(e => e.Event == "approved").Message.Should().Contain("submitted work of it");
    }

    [Fact]
    public async Task Who_is_called_like_the_agent_that_submitted_approves_its_work()
    {
        await using var app = await new Script().StartAsync(databases);
        var order = await app.SubmittedNoteAsync(by: Actor.Agent("bert"));

        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);

        (await DecisionAsync(app, order)).SelfApproval.Should().BeFalse();
    }

    private static Task<WorkDecision> DecisionAsync(ShopApp app, WorkOrder order) =>
        app.ReadAsync(db => db.Set<WorkDecision>().AsNoTracking().SingleAsync(d => d.OrderId == order.Id));
}

public sealed class ApproveOrderOnSqlite(SqliteFixture databases) : ApproveOrderSpecification(databases), IOnSqlite;

public sealed class ApproveOrderOnPostgreSql(PostgreSqlFixture databases) : ApproveOrderSpecification(databases), IOnPostgreSql;
