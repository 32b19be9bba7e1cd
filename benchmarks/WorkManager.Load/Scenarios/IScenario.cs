namespace WorkManager.Load.Scenarios;

/// <summary>A question that a run answers, with what was promised.</summary>
internal interface IScenario
{
    /// <summary>The name in the tables and on the command line.</summary>
    string Name { get; }

    Task RunAsync(LoadRun run);
}
