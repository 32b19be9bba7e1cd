using System.Text.Json.Nodes;
using Countries.Agents;
using Countries.Database;
using Countries.Reporting;
using Countries.Requesting;
using Countries.TimeZones;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WorkManager;

namespace Countries.Reviewing;

/// <summary>Bert sees what would change, and decides. Only what he approves gets into the table countries.</summary>
internal sealed class Reviewer(
    SampleRun run, IWorkOrderManager work, IWorkOrderManagerFactory managers, AgentTeam agents, AppDbContext db, IOptions<WorkManagerOptions> options,
    TzData tz, Story story)
{
    private const int RowsOfLongTables = 3;
    private const int LongTable = 5;

    public async Task ReviewAsync(CancellationToken cancellationToken)
    {
        story.Chapter("The review", "As(Actor.User(\"bert\")): ListAsync, GetAsync, DecideAsync, PreviewAsync, ApproveAsync, RejectAsync");
        var bert = work.As(Actor.User("bert"));

        await LetAnAgentTryAsync(run.Orders[0].Id, cancellationToken);

        var query = new OrderQuery { State = OrderState.Submitted, Type = CountryTimeZones.Key, Limit = OrderQuery.MaxLimit };
        var submitted = await bert.ListAsync(query, cancellationToken);
        foreach (var requested in run.Orders.Where(o => submitted.Items.Any(s => s.Id == o.Id)))
        {
            var order = await bert.GetAsync(requested.Id, cancellationToken);
            story.Blank();
            story.Say($"Order {order.Id}: {requested.Title}, {order.ItemsTotal} countries");
            if (FindIncomplete(order) is { Count: > 0 } incomplete)
            {
                await ReturnAsync(bert, order, incomplete, cancellationToken);
            }

            // The apply of the order type runs, and is rolled back.
            var preview = await bert.PreviewAsync(order.Id, cancellationToken: cancellationToken);
            Show(preview);
            await DecideAsync(bert, requested, preview, cancellationToken);
        }
    }

    /// <summary>Agents never approve, whatever they were told.</summary>
    private async Task LetAnAgentTryAsync(Guid orderId, CancellationToken cancellationToken)
    {
        try
        {
            await managers.Create(Actor.Agent("zone-bot-1")).ApproveAsync(orderId, cancellationToken: cancellationToken);
            story.Stress("zone-bot-1 approved an order. That is wrong.");
        }
        catch (ApprovalDeniedException denied)
        {
            story.Say("zone-bot-1 tries to approve an order by itself:");
            story.Stress($"{denied.Code} ({StateNames.ToName(denied.Reason)})  {denied.Message}", Story.Indent);
        }
    }

    /// <summary>Results that are valid and not complete: it takes a reviewer to see that.</summary>
    private List<(Guid ItemId, ZonesFound Result)> FindIncomplete(WorkOrder order) =>
    [
        .. from item in order.Items
           let result = item.ReadResult<ZonesFound>(options.Value.Json)!
           where result.Zones.Length < tz.ZonesOf(result.Code).Count
           select (item.Id, result),
    ];

    /// <summary>What is incomplete is done again, with the reason, and the rest is accepted: it need not be decided about again.</summary>
    private async Task ReturnAsync(IWorkOrderManager bert, WorkOrder order, List<(Guid ItemId, ZonesFound Result)> incomplete, CancellationToken cancellationToken)
    {
        var reason = new RejectionReason("incomplete", $"{incomplete[0].Result.Code} has more time zones than one.", "zones");
        story.Stress($"Bert returns {incomplete.Count} of the results, and accepts the others. {reason.Code}: {reason.Message}", Story.Indent);
        var returned = incomplete.Select(i => i.ItemId).ToHashSet();
        var decided = await bert.DecideAsync(
            order.Id,
            [.. order.Items.Select(item => returned.Contains(item.Id) ? ItemDecision.Return(item, reason) : ItemDecision.Accept(item))],
            cancellationToken);
        story.Say(
            $"Order {StateNames.ToName(decided.Order.State)}: {decided.Order.ItemsOpen} of {order.ItemsTotal} items is open, the others keep their results.",
            Story.Indent);
        await agents.ReworkAsync(incomplete.Count, cancellationToken);
        run.Reworked += incomplete.Count;
        var again = await bert.GetAsync(order.Id, cancellationToken);
        await bert.DecideAsync(order.Id, [.. again.Items.Where(item => returned.Contains(item.Id)).Select(ItemDecision.Accept)], cancellationToken);
        run.AcceptedSingly += order.ItemsTotal;
        story.Say("He accepts what comes back, too.", Story.Indent);
    }

    private void Show(OrderPreview preview)
    {
        var changes = preview.Changes
            .SelectMany(row => row.Values.Where(v => v.Name == "time_zones").Select(v => (Code: row.Row.Split(':')[1], v.Before, v.After))).ToList();
        var shown = changes.Count > LongTable ? RowsOfLongTables : LongTable;
        story.Table(
            ["Country", "In the table now", "After the apply"],
            changes.Take(shown).Select(c => (string[])[$"{c.Code} {tz.Countries[c.Code]}", Describe(c.Before), Describe(c.After)]));
        if (changes.Count > shown)
        {
            story.Say($"… and {changes.Count - shown} more", Story.Indent);
        }
    }

    private async Task DecideAsync(IWorkOrderManager bert, RequestedOrder order, OrderPreview preview, CancellationToken cancellationToken)
    {
        if (order.Codes.All(NoResidents.Codes.Contains))
        {
            var reason = new RejectionReason("no_residents", "Nobody lives there all the year. Leave the time zones empty.");
            story.Stress($"Bert rejects it. {reason.Code}: {reason.Message}", Story.Indent);
            var rejected = await bert.RejectAsync(order.Id, [reason], cancellationToken);
            story.Say($"Order {StateNames.ToName(rejected.State)}, rows untouched.", Story.Indent);
            return;
        }

        if (!run.HasRefusedStaleReview)
        {
            preview = await ComeTooLateAsync(bert, order, preview, cancellationToken);
        }

        story.Say("Bert approves exactly what he has seen.", Story.Indent);
        var approved = await bert.ApproveAsync(order.Id, preview.ContentHash, cancellationToken);
        story.Say($"Order {StateNames.ToName(approved.State)}: its changes and its audit trail are one transaction.", Story.Indent);
    }

    /// <summary>Somebody changes a row between the preview and the approval: nothing is applied, and Bert looks again.</summary>
    private async Task<OrderPreview> ComeTooLateAsync(IWorkOrderManager bert, RequestedOrder order, OrderPreview preview, CancellationToken cancellationToken)
    {
        var code = order.Codes[0];
        List<string> other = ["Etc/UTC"];
        await db.Countries.Where(c => c.Code == code).ExecuteUpdateAsync(c => c.SetProperty(x => x.TimeZones, other), cancellationToken);
        story.Say($"Meanwhile somebody else edits the row of {code}. Bert approves what he has seen:", Story.Indent);
        try
        {
            await bert.ApproveAsync(order.Id, preview.ContentHash, cancellationToken);
            story.Stress("It was applied, although it is not what he has seen. That is wrong.", Story.Indent);
            return preview;
        }
        catch (StaleReviewException stale)
        {
            story.Stress($"{stale.Code}  {stale.Message}", Story.Indent);
            run.HasRefusedStaleReview = stale.Differences.Count == 1 && stale.Differences[0].Row == $"countries:{code}";
        }

        var again = await bert.PreviewAsync(order.Id, new PreviewOptions { Since = preview.ContentHash }, cancellationToken);
        story.Say("He looks at what has changed since:", Story.Indent);
        foreach (var difference in again.Since)
        {
            story.Say($"{difference.Row} {difference.Name}: {Describe(difference.Reviewed!["before"])} is now {Describe(difference.Now!["before"])}", Story.Indent + Story.Indent);
        }

        return again;
    }

    private static string Describe(JsonNode? zones) => zones?.AsArray().Select(z => (string)z!).ToList() switch
    {
        null or [] => "(none)",
        { Count: <= 2 } few => string.Join(", ", few),
        var many => $"{many[0]} and {many.Count - 1} more",
    };
}
