using Countries.Database;
using Countries.Reporting;
using Countries.TimeZones;
using WorkManager;

namespace Countries.Requesting;

/// <summary>Ada asks for the work: typed orders of some countries each.</summary>
internal sealed class Requester(SampleRun run, AppDbContext db, IWorkOrderManager work, TzData tz, TimeProvider time, Story story)
{
    private const int BatchSize = 40;
    private const int Urgent = 90;
    private const int Usual = 50;
    private const int Low = 10;

    public async Task ProposeAsync(CancellationToken cancellationToken)
    {
        story.Chapter("The orders", "IWorkOrderManager.As(Actor.User(\"ada\")).ProposeAsync(new CountryBatch(codes), new() { Priority = … })");

        var nobody = tz.Countries.Keys.Where(code => tz.ZonesOf(code).Count == 0).ToList();
        var outdated = OutdatedZones.ByCountry.Keys.ToList();
        var usual = tz.Countries.Keys.Except(nobody).Except(outdated).Except(NoResidents.Codes).Chunk(BatchSize).ToList();

        await ProposeAsync("outdated names", outdated, Urgent, cancellationToken);
        foreach (var (index, codes) in usual.Index())
        {
            await ProposeAsync($"{codes[0]} to {codes[^1]}, {index + 1} of {usual.Count}", codes, Usual, cancellationToken);
        }

        await ProposeAsync("places without residents", NoResidents.Codes, Low, cancellationToken);

        story.Say("Ada asks for the time zones. An order is planned into items, one a country. Each order is proposed in a transaction of "
            + "the host's, together with its row in the host's own table import_batches, which has a foreign key to work_orders: "
            + "both are there, or neither.");
        story.Table(
            ["Order", "For", "Priority", "Items"],
            run.Orders.Select(o => (string[])[$"{o.Id}", o.Title, $"{o.Priority}", $"{o.Codes.Count}"]));
        story.Say($"Not asked for: {string.Join(" and ", nobody.Select(code => $"{tz.Countries[code]} ({code})"))}. No line of zone1970.tab names "
            + "them, and a result needs at least one time zone: agents could only invent one. Their rows stay empty.");
    }

    private async Task ProposeAsync(string title, IReadOnlyList<string> codes, int priority, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var order = await work.As(Actor.User("ada")).ProposeAsync(new CountryBatch([.. codes]), new() { Priority = priority }, cancellationToken);
        var now = time.GetUtcNow();
        db.ImportBatches.Add(new ImportBatch
        {
            Id = Guid.CreateVersion7(now),
            RunId = run.Id,
            WorkOrderId = order.Id,
            Title = title,
            Countries = codes.Count,
            RequestedAt = now,
        });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        run.Add(new RequestedOrder(order.Id, title, priority, codes));
    }
}
