using Countries.Database;
using Countries.Requesting;
using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Countries.Reporting;

/// <summary>What came out, read as the host reads its own data: through its context, across its foreign key.</summary>
internal sealed class Result(SampleRun run, AppDbContext db, Story story)
{
    public async Task PrintAsync(CancellationToken cancellationToken)
    {
        story.Chapter("The result", "AppDbContext.ImportBatches.Include(b => b.WorkOrder)");
        var batches = await db.ImportBatches.AsNoTracking().Include(b => b.WorkOrder).Where(b => b.RunId == run.Id).ToListAsync(cancellationToken);
        story.Table(
            ["Batch", "Countries", "Order", "Applied (UTC)"],
            batches.OrderBy(b => b.Id).Select(b => (string[])
            [
                b.Title,
                $"{b.Countries}",
                StateNames.ToName(b.WorkOrder!.State),
                $"{b.WorkOrder.AppliedAt?.UtcDateTime:HH:mm:ss}",
            ]));

        var countries = await db.Countries.AsNoTracking().ToListAsync(cancellationToken);
        story.Say($"{countries.Count(c => c.TimeZones.Count > 0)} of {countries.Count} countries have time zones now. Without any: "
            + string.Join(", ", countries.Where(c => c.TimeZones.Count == 0).OrderBy(c => c.Code).Select(c => c.Code)) + ".");
    }
}
