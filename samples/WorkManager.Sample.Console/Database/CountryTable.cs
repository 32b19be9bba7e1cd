using Countries.Reporting;
using Countries.TimeZones;
using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Countries.Database;

/// <summary>Brings the database to where the story begins.</summary>
internal sealed class CountryTable(SampleDatabase database, AppDbContext db, IWorkOrderManager work, TzData tz, TimeProvider time, Story story)
{
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        story.Chapter("The database", "AppDbContext.Database.MigrateAsync()");
        database.StartOver();

        // A sample may. In production somebody runs `dotnet ef database update`, or the script that it writes: WorkManager never migrates by itself.
        await db.Database.MigrateAsync(cancellationToken);
        story.Say("One context, one history of migrations. WorkManager's come first: the host's tables can refer to its tables.");
        foreach (var migration in await db.Database.GetAppliedMigrationsAsync(cancellationToken))
        {
            story.Say(migration, Story.Indent);
        }

        await WithdrawLeftoversAsync(cancellationToken);
        await FillAsync(cancellationToken);
        story.Blank();
        story.Say($"The table countries has {tz.Countries.Count} rows from iso3166.tab: {OutdatedZones.ByCountry.Count} with the name of a time zone that "
            + "the time zone database has given up since, all others without any.");
    }

    /// <summary>On PostgreSQL a run that was interrupted may have left orders, which the agents of this run would work on first.</summary>
    private async Task WithdrawLeftoversAsync(CancellationToken cancellationToken)
    {
        // The navigation from a host table to the order, in a query of the host's.
        var leftovers = await db.ImportBatches
            .Where(b => b.WorkOrder!.ItemsOpen > 0 || b.WorkOrder.State == OrderState.Submitted)
            .Where(b => b.WorkOrder!.State != OrderState.Rejected)
            .Select(b => b.WorkOrderId)
            .ToListAsync(cancellationToken);
        foreach (var orderId in leftovers)
        {
            await work.As(Actor.User("ada")).CancelAsync(orderId, "Left by a run of the sample that was interrupted.", cancellationToken);
        }

        if (leftovers.Count > 0)
        {
            story.Say($"Withdrawn: {leftovers.Count} orders that an interrupted run has left.");
        }
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        await db.Countries.ExecuteDeleteAsync(cancellationToken);
        db.Countries.AddRange(tz.Countries.Select(c => new Country
        {
            Code = c.Key,
            Name = c.Value,
            TimeZones = OutdatedZones.ByCountry.TryGetValue(c.Key, out var name) ? [name] : [],
            UpdatedAt = time.GetUtcNow(),
        }));
        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }
}
