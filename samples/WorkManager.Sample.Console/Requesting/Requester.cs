using Countries.Database;
using Countries.Reporting;
using Countries.TimeZones;
using WorkManager;

namespace Countries.Requesting;

/// <summary>Ada asks for the work: typed orders of some countries each. A generator finds what she has forgotten.</summary>
internal sealed class Requester(
    SampleRun run, AppDbContext db, IWorkOrderManager work, IWorkMaintenance maintenance, TzData tz, TimeProvider time, Story story)
{
    private const int BatchSize = 40;
    private const int Urgent = 90;
    private const int Usual = 50;

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

        await GenerateAsync(cancellationToken);

        story.Say("Ada asks for the time zones. An order is planned into items, one a country. Each order is proposed in a transaction of "
            + "the host's, together with its row in the host's own table import_batches, which has a foreign key to work_orders: "
            + "both are there, or neither.");
        story.Table(
            ["Order", "For", "Priority", "Items"],
            run.Orders.Select(o => (string[])[$"{o.Id}", o.Title, $"{o.Priority}", $"{o.Codes.Count}"]));
        story.Say("Ada has forgotten a few places. The application finds them by itself: IWorkMaintenance.GenerateAsync runs its generators, and system:scheduler "
            + "proposes what they find. A second run proposes nothing: an open order has the unique key.");
        story.Say($"Not asked for: {string.Join(" and ", nobody.Select(code => $"{tz.Countries[code]} ({code})"))}. No line of zone1970.tab names "
            + "them, and a result needs at least one time zone: agents could only invent one. Their rows stay empty.");
    }

    private async Task ProposeAsync(string title, IReadOnlyList<string> codes, int priority, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var order = await work.As(Actor.User("ada")).ProposeAsync(new CountryBatch([.. codes]), new() { Priority = priority }, cancellationToken);
        await AddBatchAsync(order.Id, title, codes, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        run.Add(new RequestedOrder(order.Id, title, priority, codes));
    }

    /// <summary>What the generator finds belongs to this run, too. It is run twice, as a schedule would.</summary>
    private async Task GenerateAsync(CancellationToken cancellationToken)
    {
        var found = await maintenance.GenerateAsync(cancellationToken: cancellationToken);
        foreach (var id in found.OrderIds)
        {
            var order = await work.GetAsync(id, cancellationToken);
            var codes = order.ReadPayload<CountryBatch>().Codes;
            await AddBatchAsync(id, "places without residents", codes, cancellationToken);
            run.Add(new RequestedOrder(id, "places without residents", order.Priority, codes, IsGenerated: true));
        }

        var again = await maintenance.GenerateAsync(cancellationToken: cancellationToken);
        run.HasGeneratedOnce = found.Proposed == 1 && again is { Proposed: 0, AlreadyOpen: 1 };
    }

    private async Task AddBatchAsync(Guid orderId, string title, IReadOnlyList<string> codes, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        db.ImportBatches.Add(new ImportBatch
        {
            Id = Guid.CreateVersion7(now),
            RunId = run.Id,
            WorkOrderId = orderId,
            Title = title,
            Countries = codes.Count,
            RequestedAt = now,
        });
        await db.SaveChangesAsync(cancellationToken);
    }
}
