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
        story.Chapter("The review", "As(Actor.User(\"bert\")): ListAsync, GetAsync, ReturnForReworkAsync, ApproveAsync, RejectAsync");
        var bert = work.As(Actor.User("bert"));

        await LetAnAgentTryAsync(run.Orders[0].Id, cancellationToken);

        var query = new OrderQuery { State = OrderState.Submitted, Type = CountryTimeZones.Key, Limit = OrderQuery.MaxLimit };
        var submitted = await bert.ListAsync(query, cancellationToken);
        foreach (var requested in run.Orders.Where(o => submitted.Items.Any(s => s.Id == o.Id)))
        {
            var order = await bert.GetAsync(requested.Id, cancellationToken);
            Show(requested, await ReadChangesAsync(order, cancellationToken));
            if (FindIncomplete(order) is { Count: > 0 } incomplete)
            {
                await ReturnAsync(bert, order.Id, incomplete, cancellationToken);
            }

            await DecideAsync(bert, requested, cancellationToken);
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

    /// <summary>The named items are done again, with the reasons. The others of the order wait for them.</summary>
    private async Task ReturnAsync(IWorkOrderManager bert, Guid orderId, List<(Guid ItemId, ZonesFound Result)> incomplete, CancellationToken cancellationToken)
    {
        var reason = new RejectionReason("incomplete", $"{incomplete[0].Result.Code} has more time zones than one.", "zones");
        story.Stress($"Bert returns {incomplete.Count} of the results for rework. {reason.Code}: {reason.Message}", Story.Indent);
        var order = await bert.ReturnForReworkAsync(orderId, [reason], [.. incomplete.Select(i => i.ItemId)], cancellationToken);
        story.Say($"Order {StateNames.ToName(order.State)}: {order.ItemsOpen} of {order.ItemsTotal} items is open, the others keep their results.", Story.Indent);
        await agents.ReworkAsync(incomplete.Count, cancellationToken);
        run.Reworked += incomplete.Count;
    }

    /// <summary>The submitted results against the rows as they are now.</summary>
    private async Task<List<Change>> ReadChangesAsync(WorkOrder order, CancellationToken cancellationToken)
    {
        var results = order.Items.Select(i => i.ReadResult<ZonesFound>(options.Value.Json)!).ToList();
        var codes = results.Select(r => r.Code).ToList();
        var current = await db.Countries.AsNoTracking().Where(c => codes.Contains(c.Code)).ToDictionaryAsync(c => c.Code, cancellationToken);
        return [.. results.Select(r => new Change(r.Code, current[r.Code].TimeZones, r.Zones))];
    }

    private void Show(RequestedOrder order, List<Change> changes)
    {
        var shown = changes.Count > LongTable ? RowsOfLongTables : LongTable;
        story.Blank();
        story.Say($"Order {order.Id}: {order.Title}, {changes.Count} countries, {changes.Sum(c => c.New.Count)} time zones");
        story.Table(
            ["Country", "In the table now", "Submitted"],
            changes.Take(shown).Select(c => (string[])[$"{c.Code} {tz.Countries[c.Code]}", Describe(c.Old), Describe(c.New)]));
        if (changes.Count > shown)
        {
            story.Say($"… and {changes.Count - shown} more", Story.Indent);
        }
    }

    private async Task DecideAsync(IWorkOrderManager bert, RequestedOrder order, CancellationToken cancellationToken)
    {
        if (order.Codes.All(NoResidents.Codes.Contains))
        {
            var reason = new RejectionReason("no_residents", "Nobody lives there all the year. Leave the time zones empty.");
            story.Stress($"Bert rejects it. {reason.Code}: {reason.Message}", Story.Indent);
            var rejected = await bert.RejectAsync(order.Id, [reason], cancellationToken);
            story.Say($"Order {StateNames.ToName(rejected.State)}, rows untouched.", Story.Indent);
            return;
        }

        story.Say("Bert approves it.", Story.Indent);
        var approved = await bert.ApproveAsync(order.Id, cancellationToken: cancellationToken);
        story.Say($"Order {StateNames.ToName(approved.State)}: its changes and its audit trail are one transaction.", Story.Indent);
    }

    private static string Describe(IReadOnlyList<string> zones) => zones.Count switch
    {
        0 => "(none)",
        <= 2 => string.Join(", ", zones),
        _ => $"{zones[0]} and {zones.Count - 1} more",
    };

    private sealed record Change(string Code, IReadOnlyList<string> Old, IReadOnlyList<string> New);
}
