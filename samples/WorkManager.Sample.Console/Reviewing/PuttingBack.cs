using Countries.Agents;
using Countries.Database;
using Countries.Reporting;
using Countries.Requesting;
using Countries.TimeZones;
using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Countries.Reviewing;

/// <summary>An order was approved that should not have been. Dora proposes to put it back, and Bert approves that, too.</summary>
internal sealed class PuttingBack(SampleRun run, IWorkOrderManager work, IWorkOrderManagerFactory managers, AppDbContext db, Story story)
{
    private const string Code = "FO";

    public async Task PutBackAsync(CancellationToken cancellationToken)
    {
        story.Chapter("An order is put back", "As(Actor.User(\"dora\")): ProposeReversalAsync; PreviewAsync, OrderPreview.ToText, ApproveAsync");
        var (dora, bert) = (managers.Create(Actor.User("dora")), managers.Create(Actor.User("bert")));
        var right = await ReadAsync(cancellationToken);
        var mistake = await MakeMistakeAsync(bert, cancellationToken);
        story.Say($"Somebody asks for {Code} once more, an agent answers with a neighbour's time zone, and Bert approves it unseen.");

        await TryTheOrderBeforeAsync(dora, cancellationToken);
        var reversal = await dora.ProposeReversalAsync(mistake.Id, "Not the time zone of these islands.", cancellationToken);
        story.Say("Dora proposes to put back the last one. That is an order, too, and waits for somebody else. What Bert sees is OrderPreview.ToText():");
        var preview = await bert.PreviewAsync(reversal.Id, cancellationToken: cancellationToken);
        story.Lines(preview.ToText(), Story.Indent);
        var done = await bert.ApproveAsync(reversal.Id, preview.ContentHash, cancellationToken);
        run.HasPutBack = done.State == OrderState.Completed && (await ReadAsync(cancellationToken)).SequenceEqual(right);
        story.Say($"Order {StateNames.ToName(done.State)}: {Code} has its time zone again.");
    }

    private async Task<WorkOrder> MakeMistakeAsync(IWorkOrderManager bert, CancellationToken cancellationToken)
    {
        var order = await work.As(Actor.User("ada")).ProposeAsync(new CountryBatch([Code]), cancellationToken: cancellationToken);
        var agent = managers.Create(Actor.Agent("zone-bot-1"));
        var lease = await agent.CheckoutAsync(new CheckoutRequest { OrderId = order.Id }, cancellationToken);
        await agent.SubmitAsync(lease!, new ZonesFound(Code, ["Atlantic/Azores"]), cancellationToken: cancellationToken);
        return await bert.ApproveAsync(order.Id, cancellationToken: cancellationToken);
    }

    /// <summary>An earlier order cannot be put back: another one has changed the same row since.</summary>
    private async Task TryTheOrderBeforeAsync(IWorkOrderManager dora, CancellationToken cancellationToken)
    {
        var before = run.Orders.First(o => o.Codes.Contains(Code));
        try
        {
            await dora.ProposeReversalAsync(before.Id, cancellationToken: cancellationToken);
            story.Stress("The order before it could be put back, although its row has changed since. That is wrong.", Story.Indent);
        }
        catch (ReversalConflictException refused)
        {
            story.Say($"Dora tries to put back the order before it ({before.Title}), which wrote the same row:");
            var conflict = refused.Conflicts.FirstOrDefault(c => c.Row == $"countries:{Code}" && c.Name == "time_zones");
            story.Stress($"{refused.Code}  {conflict?.Row} {conflict?.Name} was left as {conflict?.Reviewed} and is {conflict?.Now}", Story.Indent);
            run.HasRefusedReversal = conflict is not null;
        }
    }

    private Task<List<string>> ReadAsync(CancellationToken cancellationToken) =>
        db.Countries.AsNoTracking().Where(c => c.Code == Code).Select(c => c.TimeZones).SingleAsync(cancellationToken);
}
