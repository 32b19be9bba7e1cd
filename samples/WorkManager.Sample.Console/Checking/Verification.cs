using Countries.Agents;
using Countries.Database;
using Countries.Reporting;
using Countries.Requesting;
using Countries.TimeZones;

namespace Countries.Checking;

/// <summary>Compares what the database holds with what it should hold. The exit code of the sample comes from here.</summary>
internal sealed class Verification(SampleRun run, SampleDatabase database, Story story)
{
    private readonly List<(string Table, string What, long Expected, long Found)> checks = [];

    /// <summary>Whether everything is as expected.</summary>
    public async Task<bool> RunAsync(WorkBoard board, bool lateSubmitRefused, CancellationToken cancellationToken)
    {
        story.Chapter("What the database says", "A second connection, without WorkManager and EF Core: SELECT COUNT(*) …");
        var plain = new PlainDatabase(database, run.Id);
        CheckZones(ExpectedZones.Read(TzData.Folder), await plain.ReadZonesAsync(cancellationToken));
        CheckStates(await plain.CountOrdersByStateAsync(cancellationToken), await plain.CountItemsByStateAsync(cancellationToken));
        CheckEvents(await plain.CountEventsAsync(cancellationToken), expired: board.Lost + (lateSubmitRefused ? 1 : 0), board.Failed);
        CheckApprovals(await plain.CountApprovalsByActorAsync(cancellationToken));

        story.Table(
            ["Table", "Rows", "Expected", "Found", ""],
            checks.Select(c => (string[])[c.Table, c.What, $"{c.Expected}", $"{c.Found}", c.Expected == c.Found ? "ok" : "WRONG"]));
        var passed = checks.TrueForAll(c => c.Expected == c.Found);
        story.Say(passed ? "The database holds what the two files say it should. Exit code 0." : "The database does not hold what it should. Exit code 1.");
        return passed;
    }

    private void CheckZones(Dictionary<string, string[]> expected, Dictionary<string, string[]> found)
    {
        Check("countries", "all", expected.Count, found.Count);
        Check("countries", "with time zones", expected.Values.Count(z => z.Length > 0), found.Values.Count(z => z.Length > 0));
        var exact = expected.Count(e => found.TryGetValue(e.Key, out var zones) && zones.SequenceEqual(e.Value));
        Check("countries", "with exactly the expected time zones", expected.Count, exact);
    }

    private void CheckStates(Dictionary<string, long> orders, Dictionary<string, long> items)
    {
        Check("work_orders", "completed", run.Orders.Count - 1, orders.GetValueOrDefault("completed"));
        Check("work_orders", "rejected", 1, orders.GetValueOrDefault("rejected"));
        Check("work_orders", "in any state", run.Orders.Count, orders.Values.Sum());
        Check("work_items", "completed", run.Countries - NoResidents.Codes.Count, items.GetValueOrDefault("completed"));
        Check("work_items", "rejected", NoResidents.Codes.Count, items.GetValueOrDefault("rejected"));
        Check("work_items", "in any state", run.Countries, items.Values.Sum());
    }

    private void CheckEvents(Dictionary<string, long> events, int expired, int failed)
    {
        Check("work_events", "orders proposed", run.Orders.Count, events.GetValueOrDefault("order proposed"));
        var granted = events.GetValueOrDefault("item leased");
        var results = run.Countries + run.Reworked;
        Check("work_events", "leases granted: for each result, failure and lease that ran out", results + failed + expired, granted);
        Check("work_events", "leases that ran out", expired, events.GetValueOrDefault("item lease_expired"));
        Check("work_events", "attempts that failed", 1, events.GetValueOrDefault("item attempt_failed"));
        Check("work_events", "results submitted: one for each item, and one that was returned", run.Countries + 1, events.GetValueOrDefault("item submitted"));
        Check("work_events", "results returned for rework", 1, events.GetValueOrDefault("item requeued"));
        Check("work_events", "results accepted one by one", run.AcceptedSingly, events.GetValueOrDefault("item item_approved"));
        Check("work_orders", "orders of the generator, which ran twice", 1, run.HasGeneratedOnce ? 1 : 0);
        Check("work_events", "orders applied", run.Orders.Count - 1, events.GetValueOrDefault("order applied"));
        Check("work_events", "orders rejected, or returned for rework", 2, events.GetValueOrDefault("order rejected"));
    }

    private void CheckApprovals(Dictionary<string, long> byActor)
    {
        Check("work_events", "orders approved by Bert", run.Orders.Count - 1, byActor.GetValueOrDefault("user bert"));
        Check("work_orders", "approvals of what had changed since it was seen, refused", 1, run.HasRefusedStaleReview ? 1 : 0);
        Check("work_orders", "reversals of what has changed since, refused", 1, run.HasRefusedReversal ? 1 : 0);
        Check("countries", "rows as they were before an order that was put back", 1, run.HasPutBack ? 1 : 0);
        Check("work_events", "orders approved by anybody", run.Orders.Count - 1, byActor.Values.Sum());
    }

    private void Check(string table, string what, long expected, long found) => checks.Add((table, what, expected, found));
}
