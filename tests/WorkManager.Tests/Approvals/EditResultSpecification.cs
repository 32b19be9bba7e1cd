using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Previews;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Approvals;

/// <summary>Results that a reviewer corrects.</summary>
public abstract class EditResultSpecification(DatabaseFixture databases)
{
    private static readonly RejectionReason[] Reasons = [new("no", "No.")];

    [Fact]
    public async Task The_corrected_result_is_applied_and_what_was_proposed_stays_in_the_decisions()
    {
        await using var app = await StartAsync();
        var order = await app.SubmittedAsync("agent");
        var item = await ItemAsync(app, order);
        app.Time.Advance(TimeSpan.FromMinutes(1));

        var edited = await app.By(Actor.User("carl")).EditAsync(item.Id, new Counted("carl"), new() { Comment = "A slip." });
        await app.Reviewer.ApproveAsync(order.Id);

        (edited.ReadResult<Counted>()!.Text, edited.State, edited.SubmittedById, edited.UpdatedAt).Should().Be(
            ("carl", ItemState.Submitted, "agent-1", app.Time.GetUtcNow()));
        (await TextsAsync(app)).Should().Equal("carl");
        var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.All);
        stored.Items.Single().ReadResult<Counted>()!.Text.Should().Be("carl");
        var decision = stored.Decisions.Single(d => d.Decision == "edit");
        (decision.ActorId, decision.ItemId, decision.Comment, decision.ContentHash, decision.ItemRevision).Should().Be(
            ("carl", item.Id, "A slip.", edited.ResultHash, item.Revision));
        (JsonNode.Parse(decision.Baseline!)!["text"]!.ToString(), JsonNode.Parse(decision.Changes!)!["text"]!.ToString()).Should().Be(("agent", "carl"));
        var told = stored.Events.Single(e => e.Event == "edited");
        (told.ItemId, told.ActorId, told.Diff).Should().Be((item.Id, "carl", told.Diff));
        told.Diff.Should().Contain("\"from\":\"agent\"").And.Contain("\"to\":\"carl\"");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Who_edits_has_worked_on_the_order_and_does_not_approve_it_unless_its_type_allows_it(bool allows)
    {
        await using var app = await StartAsync();
        app.Script.AllowSubmitter = allows;
        var order = await app.SubmittedAsync();
        await app.Reviewer.EditAsync((await ItemAsync(app, order)).Id, new Counted("bert"));

        var accepting = async () => await app.Reviewer.DecideAsync(order.Id, [ItemDecision.Accept((await ItemAsync(app, order)).Id)]);
        var approving = () => app.Reviewer.ApproveAsync(order.Id);
        var mine = (await app.Reviewer.PendingApprovalsAsync()).Items;

        if (!allows)
        {
            (await approving.Should().ThrowAsync<ApprovalDeniedException>()).Which.Reason.Should().Be(ApprovalDeniedReason.Self);
            (await accepting.Should().ThrowAsync<ApprovalDeniedException>()).Which.Reason.Should().Be(ApprovalDeniedReason.Self);
            mine.Should().BeEmpty();
            (await app.By(Actor.User("carl")).PendingApprovalsAsync()).Items.Should().ContainSingle();
            return;
        }

        mine.Should().ContainSingle();
        await accepting();
        await approving();
        (await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions)).Decisions.Single(d => d.Decision == "approve").SelfApproval.Should().BeTrue();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Who_edited_what_is_done_again_may_approve_it(bool wasRejected)
    {
        await using var app = await StartAsync();
        var order = await app.SubmittedAsync();
        await app.Reviewer.EditAsync((await ItemAsync(app, order)).Id, new Counted("bert"));
        if (wasRejected)
        {
            await app.By(Actor.User("carl")).RejectAsync(order.Id, Reasons);
        }

        await app.By(Actor.User("carl")).ReturnForReworkAsync(order.Id, Reasons);
        var agent = app.By(Actor.Agent("agent-2"));
        await agent.SubmitAsync((await agent.CheckoutAsync(new() { OrderId = order.Id }))!, new Counted("again"));

        (await app.Reviewer.PendingApprovalsAsync()).Items.Should().ContainSingle();
        await app.Reviewer.ApproveAsync(order.Id);

        (await TextsAsync(app)).Should().Equal("again");
        (await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions)).Decisions.Single(d => d.Decision == "edit").SupersededAt.Should().NotBeNull();
    }

    [Fact]
    public async Task An_edit_makes_approvals_and_previews_outdated_and_ends_automatic_approval()
    {
        await using var app = await StartAsync();
        var order = await app.SubmittedAsync<WriteOff>();
        var preview = await app.Reviewer.PreviewAsync(order.Id);
        await app.By(Buyer("bert")).ApproveAsync(order.Id, preview.ContentHash);
        // As if the type had approved by itself, and that had failed.
        await app.Database.ExecuteAsync("UPDATE work_orders SET next_apply_at = created_at");

        await app.By(Buyer("dora")).EditAsync((await ItemAsync(app, order)).Id, new Counted("dora"));

        var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.Decisions);
        stored.Decisions.Single(d => d.Decision == "approve").SupersededAt.Should().Be(app.Time.GetUtcNow());
        stored.NextApplyAt.Should().BeNull();
        var late = () => app.By(Buyer("carl")).ApproveAsync(order.Id, preview.ContentHash);
        (await late.Should().ThrowAsync<StaleReviewException>()).Which.Differences.Should().Contain(d => d.Name == "results");
    }

    [Fact]
    public async Task An_edit_that_breaks_a_rule_or_comes_from_somebody_who_may_not_changes_nothing()
    {
        await using var app = await StartAsync();
        var order = await app.SubmittedAsync<WriteOff>();
        var item = await ItemAsync(app, order);

        (await Editing(Actor.Agent("agent-1").WithRoles("buyer")).Should().ThrowAsync<ApprovalDeniedException>()).Which.Reason.Should().Be(
            ApprovalDeniedReason.Agent);
        (await Editing(Actor.User("bert")).Should().ThrowAsync<ApprovalDeniedException>()).Which.Reason.Should().Be(ApprovalDeniedReason.Role);
        (await Editing(Buyer("bert"), new() { ResultHash = "other" }).Should().ThrowAsync<StaleReviewException>()).Which.Differences.Should().ContainSingle()
            .Which.Now!.ToString().Should().Be(item.ResultHash);
        await Editing(Buyer("bert"), new() { Comment = new string('x', 2001) }).Should().ThrowAsync<WorkValidationException>();
        var wrong = () => app.By(Buyer("bert")).EditAsync(item.Id, new { text = 5 });
        await wrong.Should().ThrowAsync<WorkValidationException>();
        var unknown = () => app.By(Buyer("bert")).EditAsync(Guid.NewGuid(), new Counted("x"));
        await unknown.Should().ThrowAsync<WorkNotFoundException>();
        await app.Reviewer.HoldAsync(order.Id);
        await Editing(Buyer("bert")).Should().ThrowAsync<OrderNotReadyException>();
        await app.Reviewer.ResumeAsync(order.Id);
        (await app.By(Buyer("bert")).EditAsync(item.Id, new Counted("text"), new() { ResultHash = item.ResultHash })).Revision.Should().Be(
            item.Revision, "it is this one already");
        await app.Reviewer.RejectAsync(order.Id, Reasons);
        await Editing(Buyer("bert")).Should().ThrowAsync<IllegalTransitionException>();

        var stored = await app.Reviewer.GetAsync(order.Id, OrderParts.All);
        stored.Items.Single().ReadResult<Counted>()!.Text.Should().Be("text");
        stored.Decisions.Should().NotContain(d => d.Decision == "edit");
        stored.Events.Count(e => e.Event == "approval_denied").Should().Be(2);

        Func<Task> Editing(Actor actor, EditOptions? options = null) => () => app.By(actor).EditAsync(item.Id, new Counted("edited"), options);
    }

    private static Actor Buyer(string name) => Actor.User(name).WithRoles("buyer");

    private static async Task<WorkItem> ItemAsync(StockApp app, WorkOrder order) => (await app.Reviewer.GetAsync(order.Id)).Items.Single();

    private static Task<List<string>> TextsAsync(StockApp app) => app.WithAsync(db => db.Shelves.Select(s => s.Name).ToListAsync());

    private Task<StockApp> StartAsync() => StockApp.StartWithShelvesAsync(databases);
}

/// <summary>An edit at the same moment as an approval. On SQLite an approval holds the writer before anything of it begins.</summary>
public sealed class EditBesideApproval(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task An_edit_that_comes_while_its_editor_approves_is_seen()
    {
        var before = new BeforeTransactions();
        await using var app = await StockApp.StartAsync(databases, o => o.AddInterceptors(before));
        var order = await app.SubmittedAsync();
        var item = (await app.Reviewer.GetAsync(order.Id)).Items.Single();
        // The approval has read who has edited what.
        before.Once = () =>
        {
            // Not from inside the approval.
            using var another = ExecutionContext.SuppressFlow();
            return Task.Run(() => app.Reviewer.EditAsync(item.Id, new Counted("bert")));
        };

        var approving = () => app.Reviewer.ApproveAsync(order.Id);

        (await approving.Should().ThrowAsync<ApprovalDeniedException>()).Which.Reason.Should().Be(ApprovalDeniedReason.Self);
        before.Once.Should().BeNull();
    }
}

public sealed class EditResultOnSqlite(SqliteFixture databases) : EditResultSpecification(databases), IOnSqlite;

public sealed class EditResultOnPostgreSql(PostgreSqlFixture databases) : EditResultSpecification(databases), IOnPostgreSql;
