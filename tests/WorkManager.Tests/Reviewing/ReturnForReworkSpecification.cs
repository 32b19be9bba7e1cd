using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Reviewing;

/// <summary>A reviewer sends results back, and they are done again.</summary>
public abstract class ReturnForReworkSpecification(DatabaseFixture databases)
{
    private static readonly RejectionReason[] Reasons = [new("blurred", "Take it again.", "photo")];

    [Fact, Trait("Scenario", "S36"), Trait("Bug", "B1")]
    public async Task All_results_go_back_with_their_reasons_and_the_second_pass_completes_the_order()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.SubmittedEchoAsync();

        var returned = await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons);

        (returned.State, returned.SubmittedAt, returned.ItemsOpen).Should().Be((OrderState.Queued, null, 1));
        var stored = await app.OrderAsync(order.Id);
        stored.Should().BeEquivalentTo(returned, o => o.Excluding(x => x.Items).Excluding(x => x.Events).Excluding(x => x.AllItemsComplete));
        stored.Events.TakeLast(4).Select(e => (e.Event, e.ItemId is null, e.ActorId)).Should().Equal(
            ("rejected", false, "bert"), ("requeued", false, "bert"), ("rejected", true, "bert"), ("requeued", true, "bert"));
        var item = stored.Items.Single();
        (item.State, item.ReworkCount, item.Attempts, item.Result, item.ResultHash, item.SubmittedById).Should().Be((ItemState.Queued, (short)1, (short)0, null, null, null));
        item.ReadError()!.Code.Should().Be("rework");
        await app.RefusesAsync<OrderNotReadyException>("order_not_ready", () => app.Reviewer.ApproveAsync(order.Id));

        var lease = await app.LeaseAsync("agent-2");
        lease.EarlierFailures.Single().Details!.Value[0].GetProperty("code").GetString().Should().Be("blurred");
        await app.Agent("agent-2").SubmitAsync(lease, Steps.Verified);
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
        stored = await app.OrderAsync(order.Id);
        (stored.Items.Single().Error, stored.Items.Single().SubmittedById).Should().Be((null, "agent-2"));
        (await app.LedgerAsync(order.Id)).Should().ContainSingle();
    }

    [Fact]
    public async Task Only_the_named_items_go_back()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await SubmittedAsync(app, 3);
        var items = order.Items.Select(i => i.Id).ToList();

        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons, [items[2], items[0]]);

        var stored = await app.OrderAsync(order.Id);
        stored.Items.Select(i => i.State).Should().Equal(ItemState.Queued, ItemState.Submitted, ItemState.Queued);
        stored.ItemsOpen.Should().Be(2);
        await SubmitAllAsync(app, order.Id);
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task A_rejected_order_is_opened_again_with_the_items_that_were_still_open()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(3));
        var lease = await app.LeaseAsync();
        await app.Agent("agent-1").SubmitAsync(lease, new BatchResult(lease.Input<Batch>().Id, true, 1));
        await app.LeaseAsync("agent-2");
        await app.Reviewer.RejectAsync(order.Id, Reasons);
        (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();

        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons);

        (await app.OrderAsync(order.Id)).Items.Should().OnlyContain(i => i.State == ItemState.Queued && i.BlockedBy == 0 && i.ReadyAt != null);
        var leases = await app.Agent("agent-3").CheckoutManyAsync(3);
        leases.Select(l => l.EarlierFailures is [.., var last] ? last.Code : null).Should().BeEquivalentTo(["rework", null, null]);
        await app.Agent("agent-3").ReleaseManyAsync([.. leases.Select(l => l.Token)]);
        await SubmitAllAsync(app, order.Id);
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task What_was_rejected_is_for_people_to_approve_even_if_its_type_approves_by_itself()
    {
        var script = new Script { AutoApprove = true, Ready = review => review.NotReady("not yet") };
        await using var app = await script.StartAsync(databases);
        var order = await app.SubmittedNoteAsync();
        await app.Reviewer.RejectAsync(order.Id, Reasons);
        script.Ready = _ => { };

        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons);
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), new Answer("done"));
        app.Time.Advance(TimeSpan.FromDays(1));
        (await app.Maintenance.ApproveDueAsync()).Should().Be(0);

        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Submitted);
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task What_had_failed_in_a_rejected_order_begins_anew()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(2));
        await app.Agent("agent-1").FailAsync(await app.LeaseAsync(), new WorkFailure("broken", "It is.") { Retryable = false });
        await app.Reviewer.RejectAsync(order.Id, Reasons);

        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons);

        var stored = await app.OrderAsync(order.Id);
        (stored.ItemsOpen, stored.ItemsFailed).Should().Be((2, 0));
        stored.Items.Should().OnlyContain(i => i.State == ItemState.Queued && i.Attempts == 0);
        await SubmitAllAsync(app, order.Id);
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task An_agent_does_not_open_what_a_person_has_closed()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var agent = app.Agent("planner");
        var order = await agent.ProposeAsync(new EchoPayload("mine"));
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), Steps.Verified);
        await agent.ReturnForReworkAsync(order.Id, Reasons);
        await app.Reviewer.RejectAsync(order.Id, Reasons);

        (await app.RefusesAsync<ApprovalDeniedException>("approval_denied", () => agent.ReturnForReworkAsync(order.Id, Reasons)))
            .Message.Should().Contain("Agents cannot reopen");
    }

    [Fact]
    public async Task An_item_that_waits_for_its_time_keeps_it_while_its_order_is_closed()
    {
        var script = new Script();
        await using var app = await script.StartAsync(databases);
        var later = app.Time.GetUtcNow().AddHours(1);
        script.Plan = note => [new(note) { AvailableAt = later }];
        var order = await app.Requester.ProposeAsync(new Note("later"));
        await app.Requester.CancelAsync(order.Id);

        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons);

        (await app.Agent("agent-1").CheckoutAsync()).Should().BeNull();
        var item = (await app.OrderAsync(order.Id)).Items.Single();
        (item.AvailableAt, item.ReadyAt, item.BlockedBy).Should().Be((later, null, 0));
        app.Time.Advance(TimeSpan.FromHours(1));
        (await app.Agent("agent-1").CheckoutAsync()).Should().NotBeNull();
    }

    [Fact]
    public async Task An_item_goes_back_as_often_as_its_type_allows()
    {
        await using var app = await ShopApp.StartAsync(databases, null, o => o.Retry.MaxReworks = 2);
        var order = await app.SubmittedEchoAsync();
        for (var i = 0; i < 2; i++)
        {
            await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons);
            await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), Steps.Verified);
        }

        var refusal = await app.RefusesAsync<WorkLimitException>("rework_limit", () => app.Reviewer.ReturnForReworkAsync(order.Id, Reasons));

        refusal.Limit.Should().Be(2);
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task What_the_order_type_says_of_reworks_counts_more_than_the_options()
    {
        await using var app = await ShopApp.StartAsync(databases, builder => builder.AddOrderType<Final>());
        var order = await app.Requester.ProposeAsync(new FinalPayload());
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), new FinalPayload());

        (await app.RefusesAsync<WorkLimitException>("rework_limit", () => app.Reviewer.ReturnForReworkAsync(order.Id, Reasons))).Limit.Should().Be(0);
    }

    [Fact]
    public async Task An_order_that_is_approved_by_itself_is_so_after_its_rework_too()
    {
        var script = new Script { AutoApprove = true, Ready = review => review.NotReady("not yet") };
        await using var app = await script.StartAsync(databases);
        var order = await app.SubmittedNoteAsync();
        order.NextApplyAt.Should().NotBeNull();

        await app.Reviewer.ReturnForReworkAsync(order.Id, Reasons);

        (await app.OrderAsync(order.Id)).NextApplyAt.Should().Be(app.Time.GetUtcNow());
        script.Ready = _ => { };
        await app.Agent("agent-1").SubmitAsync(await app.LeaseAsync(), new Answer("done"));
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact, Trait("Scenario", "S37")]
    public async Task What_breaks_a_rule_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var live = await app.ProposeEchoAsync();
        var order = await SubmittedAsync(app, 2);
        var other = await app.SubmittedEchoAsync();
        var stranger = (await app.OrderAsync(other.Id)).Items.Single().Id;

        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Reviewer.ReturnForReworkAsync(order.Id, []));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Reviewer.ReturnForReworkAsync(order.Id, [new("", "")]));
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Reviewer.ReturnForReworkAsync(order.Id, Reasons, []));
        await app.RefusesAsync<WorkNotFoundException>("not_found", () => app.Reviewer.ReturnForReworkAsync(order.Id, Reasons, [stranger]));
        await app.RefusesAsync<WorkNotFoundException>("not_found", () => app.Reviewer.ReturnForReworkAsync(order.Id, Reasons, [Guid.Empty]));
        await app.RefusesAsync<WorkNotFoundException>("not_found", () => app.Reviewer.ReturnForReworkAsync(
            order.Id, Reasons, [order.Items.First().Id, Guid.Empty]));
        await app.RefusesAsync<WorkNotFoundException>("not_found", () => app.Reviewer.ReturnForReworkAsync(Guid.NewGuid(), Reasons));
        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.ReturnForReworkAsync(live.Id, Reasons));
        await app.RefusesAsync<ArgumentNullException>(null, () => app.Reviewer.ReturnForReworkAsync(order.Id, null!));
        await app.RefusesAsync<ApprovalDeniedException>("approval_denied", () => app.Agent("agent-9").ReturnForReworkAsync(order.Id, Reasons));
        await app.Reviewer.RejectAsync(other.Id, Reasons);
        await app.RefusesAsync<WorkValidationException>("validation_failed", () => app.Reviewer.ReturnForReworkAsync(other.Id, Reasons, [stranger]));
        await app.Reviewer.ApproveAsync(order.Id);
        await app.RefusesAsync<IllegalTransitionException>("illegal_transition", () => app.Reviewer.ReturnForReworkAsync(order.Id, Reasons));
    }

    public sealed record FinalPayload;

    [OrderType("rework.never", MaxReworks = 0)]
    public sealed class Final : OrderType<FinalPayload, FinalPayload>
    {
        protected override Task ApplyAsync(ApplyContext<FinalPayload, FinalPayload, FinalPayload> apply, CancellationToken cancellationToken) =>
            Task.CompletedTask;
    }

    private static async Task<WorkOrder> SubmittedAsync(ShopApp app, int items)
    {
        var order = await app.Requester.ProposeAsync(Batches.Payload(items));
        await SubmitAllAsync(app, order.Id);
        return await app.OrderAsync(order.Id);
    }

    private static async Task SubmitAllAsync(ShopApp app, Guid orderId)
    {
        while (await app.Agent("agent-1").CheckoutAsync(new() { OrderId = orderId }) is { } lease)
        {
            await app.Agent("agent-1").SubmitAsync(lease, new BatchResult(lease.Input<Batch>().Id, true, 1));
        }
    }
}

public sealed class ReturnForReworkOnSqlite(SqliteFixture databases) : ReturnForReworkSpecification(databases), IOnSqlite;

public sealed class ReturnForReworkOnPostgreSql(PostgreSqlFixture databases) : ReturnForReworkSpecification(databases), IOnPostgreSql;
