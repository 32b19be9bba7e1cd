using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Catalog.Guides;

internal static class Reviews
{
    public static async Task ApproveAsync(IWorkOrderManager work, Guid orderId)
    {
        #region preview
        var reviewer = work.As(Actor.User("bert"));
        OrderPreview preview = await reviewer.PreviewAsync(orderId);
        Console.WriteLine(preview.ToText());
        #endregion

        #region preview-as-json
        string json = preview.ToJson();                    // texts of more than 400 characters are folded
        string whole = preview.ToJson(maxLength: 100_000); // or of more than so many
        #endregion

        Console.WriteLine(json.Length + whole.Length);

        #region approve-what-was-seen
        try
        {
            await reviewer.ApproveAsync(orderId, preview.ContentHash);
        }
        catch (StaleReviewException stale)
        {
            foreach (var difference in stale.Differences)
            {
                Console.WriteLine($"{difference.Row} {difference.Name}: {difference.Reviewed?.ToJsonString()} is now {difference.Now?.ToJsonString()}");
            }
        }
        #endregion

        #region preview-since
        var again = await reviewer.PreviewAsync(orderId, new PreviewOptions { Since = preview.ContentHash });
        Console.WriteLine(again.Since.Count == 0 ? "Nothing has changed." : $"{again.Since.Count} things have changed.");
        #endregion
    }

    public static async Task ListAsync(IWorkOrderManager work)
    {
        #region approver-with-roles
        var reviewer = work.As(Actor.User("carla").WithRoles("finance", "support"));
        WorkPage<WorkOrder> mine = await reviewer.PendingApprovalsAsync(new PendingApprovalsQuery { Limit = 10 });
        #endregion

        Console.WriteLine(mine.Items.Count);
    }

    public static async Task TakeAsync(IWorkOrderManager reviewer, Func<WorkOrder, bool> canJudge)
    {
        #region take-review
        WorkOrder? next = await reviewer.TakeReviewAsync(new TakeReviewOptions { For = TimeSpan.FromMinutes(30) });
        if (next is not null && !canJudge(next))
        {
            await reviewer.SkipReviewAsync(next.Id, "It needs somebody who reads French.");
            next = await reviewer.TakeReviewAsync();
        }
        #endregion

        Console.WriteLine(next?.Id);
    }

    public static async Task ApproveManyAsync(IWorkOrderManager reviewer, IReadOnlyList<OrderPreview> previews)
    {
        #region approve-many
        IReadOnlyList<WorkOutcome<WorkOrder>> outcomes = await reviewer.ApproveManyAsync([.. previews.Select(p => new OrderApproval(p))]);
        foreach (var (preview, outcome) in previews.Zip(outcomes).Where(pair => !pair.Second.Succeeded))
        {
            Console.WriteLine($"{preview.OrderId}: {outcome.Error!.Message}");
        }
        #endregion
    }

    public static async Task DecideAsync(IWorkOrderManager reviewer, Guid orderId)
    {
        #region decide-items
        WorkOrder order = await reviewer.GetAsync(orderId);
        var wrong = order.Items.Where(i => i.ReadResult<Translation>()!.Text.Length == 0).ToList();

        DecidedItems decided = await reviewer.DecideAsync(orderId,
        [
            .. wrong.Select(item => ItemDecision.Return(item, new RejectionReason("empty", "There is no text."))),
            .. order.Items.Except(wrong).Select(ItemDecision.Accept),
        ]);
        #endregion

        Console.WriteLine(decided.Order.State);
    }

    public static async Task EditAsync(IWorkOrderManager reviewer, WorkItem item)
    {
        #region edit-result
        await reviewer.EditAsync(item.Id, new Translation("Guten Tag"), new EditOptions
        {
            Comment = "Too informal.",
            ResultHash = item.ResultHash, // refused if the result is another one by now
        });
        #endregion
    }

    public static async Task ReverseAsync(IWorkOrderManager work, Guid orderId)
    {
        #region propose-reversal
        try
        {
            WorkOrder reversal = await work.As(Actor.User("anna")).ProposeReversalAsync(orderId, "The price was for another shop.");
            Console.WriteLine($"Order {reversal.Id} waits for its review.");
        }
        catch (ReversalConflictException refused)
        {
            foreach (var conflict in refused.Conflicts)
            {
                Console.WriteLine($"{conflict.Row} {conflict.Name} was left as {conflict.Reviewed?.ToJsonString()} and is {conflict.Now?.ToJsonString()}");
            }
        }
        #endregion
    }

    private sealed record Translation(string Text);

    public static void Configure(ModelBuilder modelBuilder)
    {
        #region review-model
        modelBuilder.Entity<Customer>(customer =>
        {
            customer.Property(c => c.UpdatedAt).NotReviewed(); // stamped at each save
            customer.Property(c => c.AccessToken).Redacted();  // part of the content, shown nowhere
        });
        #endregion
    }

    private sealed class Customer
    {
        public int Id { get; set; }

        public DateTime UpdatedAt { get; set; }

        public string? AccessToken { get; set; }
    }
}

public sealed record RefundRequest(string OrderNumber);

public sealed record RefundChecked(decimal Amount);

#region reversible
[OrderType("shop.price_change", Reversible = true)]
public sealed class PriceChange : OrderType<RefundRequest, RefundChecked>
#endregion
{
    protected override Task ApplyAsync(ApplyContext<RefundRequest, RefundRequest, RefundChecked> apply, CancellationToken cancellationToken) =>
        Task.CompletedTask;
}

#region several-approvers
[OrderType("shop.refund", Approvals = 2, ApproverRole = "finance")]
public sealed class Refund : OrderType<RefundRequest, RefundChecked>
{
    public override bool AllowRequesterApproval => false;
    #endregion

    protected override Task ApplyAsync(ApplyContext<RefundRequest, RefundRequest, RefundChecked> apply, CancellationToken cancellationToken) =>
        Task.CompletedTask;
}

#region approval-policy
public sealed class OfficeHours(TimeProvider time) : IApprovalPolicy
{
    public Task<string?> FindObjectionAsync(WorkOrder order, Actor approver, CancellationToken cancellationToken) =>
        Task.FromResult(time.GetLocalNow().Hour is >= 8 and < 18 ? null : "Nothing is approved at night.");
}
#endregion
