namespace WorkManager.Load.CommandLine;

/// <summary>How much work a run does: the only place where a quick run differs from a full one.</summary>
/// <param name="Rounds">Rounds that count; one more goes first, for warming up.</param>
/// <param name="SingleItems">Items of a round of single calls on PostgreSQL.</param>
/// <param name="HangfireJobs">Jobs of a round of Hangfire.</param>
/// <param name="BatchItems">Items of a round in batches on PostgreSQL.</param>
/// <param name="SqliteSingleItems">Items of a round of single calls on SQLite.</param>
/// <param name="SqliteBatchItems">Items of a round in batches on SQLite.</param>
/// <param name="Proposals">Orders of ten items that one bulk proposal makes.</param>
/// <param name="Lives">Orders of a round that live from proposal to apply.</param>
/// <param name="FinishedItems">Finished items in the large database; it has ten events an item.</param>
/// <param name="WaitingItems">Claimable items in the large database, and as many delayed ones.</param>
/// <param name="SubmitsIntoOneOrder">Items of the one large order.</param>
/// <param name="Leases">Leases to extend.</param>
/// <param name="DrainedItems">Items that one process works off while its memory is watched.</param>
internal sealed record Sizes(
    int Rounds, int SingleItems, int HangfireJobs, int BatchItems, int SqliteSingleItems, int SqliteBatchItems, int Proposals, int Lives,
    int FinishedItems, int WaitingItems, int SubmitsIntoOneOrder, int Leases, int DrainedItems)
{
    public static Sizes Full { get; } = new(5, 20_000, 5_000, 50_000, 5_000, 20_000, 1_000, 4_000, 1_000_000, 100_000, 10_000, 10_000, 1_000_000);

    public static Sizes Quick { get; } = new(3, 1_000, 500, 2_000, 300, 1_000, 100, 200, 50_000, 5_000, 2_000, 2_000, 20_000);
}
