using AwesomeAssertions;
using WorkManager.Tests.Previews;

namespace WorkManager.Tests.Approvals;

/// <summary>Separation of duties by order type, role and policy, and the list of what somebody may approve.</summary>
public abstract class WhoMayApproveSpecification(DatabaseFixture databases)
{
    private static readonly Actor Anna = Actor.User("anna");
    private static readonly Actor Bert = Actor.User("bert");
    private static readonly Actor Buyer = Actor.User("bea").WithRoles("buyer");

    [Fact]
    public async Task An_approver_needs_the_role_that_the_type_asks_for()
    {
        await using var app = await StockApp.StartAsync(databases);
        var order = await app.SubmittedAsync<WriteOff>();
        var preview = await app.Reviewer.PreviewAsync(order.Id);

        await SeveralApproversSpecification.RefusesAsync(app, order, Bert, preview.ContentHash, ApprovalDeniedReason.Role);
        await SeveralApproversSpecification.RefusesAsync(app, order, Bert.WithRoles("Buyer"), preview.ContentHash, ApprovalDeniedReason.Role);

        (await app.By(Bert.WithRoles("buyer")).ApproveAsync(order.Id, preview.ContentHash)).Id.Should().Be(order.Id);
    }

    [Fact]
    public async Task The_requester_and_whom_an_agent_proposed_for_may_be_excluded()
    {
        await using var app = await StockApp.StartAsync(databases);
        app.Script.AllowRequester = false;
        var own = await app.SubmittedAsync();
        var forAnna = await app.By(Actor.Agent("planner", onBehalfOf: Anna)).ProposeAsync<Restocking>(new Restock("b"));
        var agent = app.By(Actor.Agent("agent-1"));
        await agent.SubmitAsync((await agent.CheckoutAsync(new() { OrderId = forAnna.Id }))!, new Counted("b"));

        await SeveralApproversSpecification.RefusesAsync(app, own, Anna, null, ApprovalDeniedReason.Requester);
        await SeveralApproversSpecification.RefusesAsync(app, forAnna, Anna, null, ApprovalDeniedReason.Requester);

        app.Script.AllowRequester = true;
        (await app.By(Anna).ApproveAsync(own.Id)).State.Should().Be(OrderState.Completed);
        (await app.By(Anna).ApproveAsync(forAnna.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task A_policy_of_the_application_has_a_say_and_its_words_reach_the_approver()
    {
        await using var app = await StockApp.StartAsync(databases);
        app.Script.Policy = (order, actor) => actor.Id == "bert" && order.Type == "stock.restock" ? "Bert does not restock." : null;
        var order = await app.SubmittedAsync();

        await SeveralApproversSpecification.RefusesAsync(app, order, Bert, null, ApprovalDeniedReason.Policy);
        var approving = () => app.By(Bert).ApproveAsync(order.Id);
        await approving.Should().ThrowAsync<ApprovalDeniedException>().WithMessage("Bert does not restock.");

        (await app.By(Buyer).ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
    }

    [Fact]
    public async Task The_list_has_what_the_actor_may_approve_the_earliest_due_first()
    {
        await using var app = await StockApp.StartAsync(databases);
        var now = app.Time.GetUtcNow();
        var low = await app.SubmittedAsync("no due time");
        app.Time.Advance(TimeSpan.FromMinutes(1));
        var high = await app.SubmittedAsync("no due time, urgent", new() { Priority = 9 });
        var late = await app.SubmittedAsync("due late", new() { DueAt = now.AddDays(2) });
        var soon = await app.SubmittedAsync<WriteOff>("due soon", new() { DueAt = now.AddDays(1) });
        var held = await app.SubmittedAsync("held");
        await app.Reviewer.HoldAsync(held.Id);
        await app.By(Anna).ProposeAsync<Restocking>(new Restock("in work"));

        (await ListAsync(app, Bert)).Should().Equal(late.Id, high.Id, low.Id);
        (await ListAsync(app, Buyer)).Should().Equal(soon.Id, late.Id, high.Id, low.Id);
        (await ListAsync(app, Buyer, new() { Type = "stock.write_off" })).Should().Equal(soon.Id);
        var preview = await app.Reviewer.PreviewAsync(soon.Id);
        await app.By(Buyer).ApproveAsync(soon.Id, preview.ContentHash);
        (await ListAsync(app, Buyer)).Should().Equal(late.Id, high.Id, low.Id);
        app.Time.Advance(TimeSpan.FromDays(7));
        (await ListAsync(app, Buyer)).Should().Equal(soon.Id, late.Id, high.Id, low.Id);
    }

    [Fact]
    public async Task The_list_leaves_out_own_work_own_proposals_and_what_a_policy_is_against()
    {
        await using var app = await StockApp.StartAsync(databases);
        var others = await app.SubmittedAsync("of the agent");
        var own = await app.By(Anna).ProposeAsync<Restocking>(new Restock("own"));
        var agent = app.By(Actor.Agent("agent-2", onBehalfOf: Bert));
        await agent.SubmitAsync((await agent.CheckoutAsync(new() { OrderId = own.Id }))!, new Counted("own"));

        (await ListAsync(app, Bert)).Should().Equal(others.Id);
        app.Script.AllowSubmitter = true;
        (await ListAsync(app, Bert)).Should().Equal(others.Id, own.Id);
        (await ListAsync(app, Anna)).Should().Equal(others.Id, own.Id);
        app.Script.AllowRequester = false;
        (await ListAsync(app, Anna)).Should().BeEmpty();
        app.Script.Policy = (order, _) => order.Id == others.Id ? "No." : null;
        (await ListAsync(app, Bert)).Should().Equal(own.Id);
    }

    [Fact]
    public async Task The_list_is_read_page_by_page_without_gaps_also_where_a_policy_leaves_some_out()
    {
        await using var app = await StockApp.StartAsync(databases);
        var now = app.Time.GetUtcNow();
        var orders = new List<WorkOrder>();
        for (var i = 0; i < 9; i++)
        {
            orders.Add(await app.SubmittedAsync($"{i}", new() { DueAt = i < 5 ? now.AddDays(i / 2) : null, Priority = i % 3 }));
        }

        app.Script.Policy = (order, _) => order.Id == orders[1].Id || order.Id == orders[6].Id ? "No." : null;
        var expected = orders.Where(o => o != orders[1] && o != orders[6])
            .OrderBy(o => o.DueAt ?? DateTimeOffset.MaxValue).ThenByDescending(o => o.Priority).ThenBy(o => o.Id).Select(o => o.Id).ToList();
        (await ListAsync(app, Bert)).Should().Equal(expected);

        for (var limit = 1; limit < 5; limit++)
        {
            var found = new List<Guid>();
            string? next = null;
            do
            {
                var page = await app.By(Bert).PendingApprovalsAsync(new() { Limit = limit, After = next });
                page.Items.Count.Should().BeInRange(1, limit);
                found.AddRange(page.Items.Select(o => o.Id));
                next = page.Next;
            }
            while (next is not null);

            found.Should().Equal(expected);
        }
    }

    [Fact]
    public async Task Agents_and_nobody_have_no_list_and_a_bad_page_is_refused()
    {
        await using var app = await StockApp.StartAsync(databases);

        var asked = () => app.By(Actor.Agent("a")).PendingApprovalsAsync();
        (await asked.Should().ThrowAsync<ApprovalDeniedException>()).Which.Reason.Should().Be(ApprovalDeniedReason.Agent);
        foreach (var query in (PendingApprovalsQuery[])[new() { Limit = 0 }, new() { Limit = 101 }, new() { After = "MTp4" }, new() { Type = "a\0b" }])
        {
            var listed = () => app.By(Bert).PendingApprovalsAsync(query);
            await listed.Should().ThrowAsync<InvalidQueryException>();
        }

        (await app.By(Bert).PendingApprovalsAsync(new() { Type = "no.such" })).Items.Should().BeEmpty();
    }

    private static async Task<List<Guid>> ListAsync(StockApp app, Actor actor, PendingApprovalsQuery? query = null) =>
        [.. (await app.By(actor).PendingApprovalsAsync(query)).Items.Select(o => o.Id)];
}

public sealed class WhoMayApproveOnSqlite(SqliteFixture databases) : WhoMayApproveSpecification(databases), IOnSqlite;

public sealed class WhoMayApproveOnPostgreSql(PostgreSqlFixture databases) : WhoMayApproveSpecification(databases), IOnPostgreSql;
