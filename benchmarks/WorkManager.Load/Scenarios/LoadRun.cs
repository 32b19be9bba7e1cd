using WorkManager.Load.CommandLine;
using WorkManager.Load.Databases;
using WorkManager.Load.Measuring;
using WorkManager.Load.Reporting;

namespace WorkManager.Load.Scenarios;

/// <summary>What scenarios share: sizes, server and report.</summary>
internal sealed class LoadRun(Sizes sizes, PostgreSqlServer server, Report report, Action<string> progress)
{
    public Sizes Sizes => sizes;

    public PostgreSqlServer Server => server;

    public Report Report => report;

    public Action<string> Progress => progress;

    /// <summary>Measures contenders side by side, and reports what was measured.</summary>
    public async Task<IReadOnlyDictionary<string, Measurement>> MeasureAsync(string scenario, string variant, IReadOnlyList<Contender> contenders)
    {
        var measured = await new Contest(sizes.Rounds, progress).RunAsync(scenario, variant, contenders);
        report.Measurements.AddRange(measured);
        return measured.ToDictionary(m => m.System);
    }

    /// <summary>A new database of the provider.</summary>
    public async Task<LoadDatabase> CreateDatabaseAsync(string provider) =>
        provider == "sqlite" ? await SqliteDatabase.CreateAsync() : await server.CreateDatabaseAsync("main");
}
