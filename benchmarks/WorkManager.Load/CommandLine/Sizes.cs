namespace WorkManager.Load.CommandLine;

/// <summary>How much work a run does: the only place where a quick run differs from a full one.</summary>
internal sealed record Sizes
{
    /// <summary>The sizes that the goals name, and for the rest what takes some seconds per round: 11 to 25 minutes on two cores.</summary>
    public static Sizes Full { get; } = new()
    {
        Rounds = 5,
        SingleItems = 4_000,
        HangfireJobs = 2_000,
        BatchItems = 20_000,
        SqliteSingleItems = 2_000,
        SqliteBatchItems = 10_000,
        Proposals = 1_000,
        Lives = 1_200,
        FinishedItems = 1_000_000,
        WaitingItems = 100_000,
        SubmitsIntoOneOrder = 10_000,
        Leases = 10_000,
        DrainedItems = 1_000_000,
        LargestBatches = 10,
        ClosedOrders = 100_000,
    };

    public static Sizes Quick { get; } = new()
    {
        Rounds = 3,
        SingleItems = 1_000,
        HangfireJobs = 500,
        BatchItems = 2_000,
        SqliteSingleItems = 300,
        SqliteBatchItems = 1_000,
        Proposals = 100,
        Lives = 200,
        FinishedItems = 50_000,
        WaitingItems = 5_000,
        SubmitsIntoOneOrder = 2_000,
        Leases = 2_000,
        DrainedItems = 20_000,
        LargestBatches = 3,
        ClosedOrders = 20_000,
    };

    /// <summary>Rounds that count; one more goes first, for warming up.</summary>
    public required int Rounds { get; init; }

    /// <summary>Items of a round of single calls on PostgreSQL.</summary>
    public required int SingleItems { get; init; }

    /// <summary>Jobs of a round of Hangfire.</summary>
    public required int HangfireJobs { get; init; }

    /// <summary>Items of a round in batches on PostgreSQL.</summary>
    public required int BatchItems { get; init; }

    /// <summary>Items of a round of single calls on SQLite.</summary>
    public required int SqliteSingleItems { get; init; }

    /// <summary>Items of a round in batches on SQLite.</summary>
    public required int SqliteBatchItems { get; init; }

    /// <summary>Orders of ten items that one bulk proposal makes.</summary>
    public required int Proposals { get; init; }

    /// <summary>Orders of a round that live from proposal to apply.</summary>
    public required int Lives { get; init; }

    /// <summary>Finished items in the large database; it has ten events per item.</summary>
    public required int FinishedItems { get; init; }

    /// <summary>Claimable items in the large database, and as many delayed ones.</summary>
    public required int WaitingItems { get; init; }

    /// <summary>Items of the one large order.</summary>
    public required int SubmitsIntoOneOrder { get; init; }

    /// <summary>Leases to extend.</summary>
    public required int Leases { get; init; }

    /// <summary>Items that one process works off while its memory is watched.</summary>
    public required int DrainedItems { get; init; }

    /// <summary>Orders that were closed long ago.</summary>
    public required int ClosedOrders { get; init; }

    /// <summary>Calls of a round with as many results as a call may have.</summary>
    public required int LargestBatches { get; init; }
}
