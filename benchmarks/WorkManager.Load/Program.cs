using System.Diagnostics;
using System.Globalization;
using System.Text;
using WorkManager.Load.CommandLine;
using WorkManager.Load.Databases;
using WorkManager.Load.Reporting;
using WorkManager.Load.Scenarios;

Console.OutputEncoding = Encoding.UTF8;
CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;

IScenario[] scenarios =
[
    new SingleCalls("postgresql", callers: 16, share: 0.85),
    new BatchCalls("postgresql", callers: 4, size: 50, share: 0.8),
    new SingleCalls("sqlite", callers: 4, share: 0.8),
    new BatchCalls("sqlite", callers: 4, size: 50, share: 0.8),
    new ProposeBulk("postgresql", share: 0.7),
    new ProposeBulk("sqlite", share: 0.7),
    new Life("postgresql", share: 0.6),
    new Life("sqlite", share: null),
    new EndsOfLeases("postgresql", callers: 8),
    new EndsOfLeases("sqlite", callers: 4),
    new Prune("postgresql"),
    new Prune("sqlite"),
    new ClaimAtScale(),
    new OneOrder(),
    new Heartbeats(),
    new OneRefused("postgresql"),
    new OneRefused("sqlite"),
    new Drain(),
    new Worker(),
];

LoadOptions options;
try
{
    options = LoadOptions.Parse(args, [.. scenarios.Select(s => s.Name)]);
}
catch (ArgumentException unknown)
{
    await Console.Error.WriteLineAsync($"{unknown.Message}{Environment.NewLine}{LoadOptions.Usage}");
    return 2;
}

await using var server = await PostgreSqlServer.OpenAsync(options.Postgres);
var report = new Report(options.Quick, await Machine.DescribeAsync(server));
var begun = Stopwatch.GetTimestamp();
var run = new LoadRun(
    options.Quick ? Sizes.Quick : Sizes.Full, server, report,
    what => Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(begun):h\\:mm\\:ss} {what}"));
foreach (var scenario in scenarios.Where(s => options.Only.Count == 0 || options.Only.Contains(s.Name)))
{
    try
    {
        await scenario.RunAsync(run);
    }
    catch (Exception failure)
    {
        // What the others measure in many minutes is not to be lost.
        run.Progress($"{scenario.Name} failed: {failure}");
        report.Failed.Add(scenario.Name);
    }
}

run.Progress("all is measured");
Tables.Print(report);
if (options.JsonFile is { } file)
{
    await JsonFile.WriteAsync(file, report);
}

return report.Failed.Count == 0 ? 0 : 1;
