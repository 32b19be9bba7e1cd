namespace WorkManager.Load.Measuring;

/// <summary>One of those that are measured side by side.</summary>
/// <param name="Name">Its name in the tables.</param>
/// <param name="PrepareAsync">Brings the database to where a round begins.</param>
/// <param name="RunAsync">Runs a round.</param>
internal sealed record Contender(string Name, Func<Task> PrepareAsync, Func<Task<Round>> RunAsync)
{
    public const string Limit = "limit";
    public const string WorkManager = "workmanager";
    public const string Hangfire = "hangfire";
    public const string PgBench = "pgbench";

    /// <summary>Reads what a round left in the tables: it has to be the same for all who have this.</summary>
    public Func<Task<IReadOnlyList<string>>>? ReadRowsAsync { get; init; }

    /// <summary>What an item costs: known, or counted in a pass of its own after the warm-up.</summary>
    public Func<Task<IReadOnlyList<StepCost>>>? CountAsync { get; init; }
}

/// <summary>What a step sends to the database, an item.</summary>
/// <param name="Step">The step.</param>
/// <param name="Statements">SQL statements, without those that begin and end a transaction.</param>
/// <param name="RoundTrips">How often it waits for an answer; null where the database is in the process.</param>
internal sealed record StepCost(string Step, double Statements, double? RoundTrips);
