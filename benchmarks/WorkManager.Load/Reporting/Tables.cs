using System.Globalization;
using Spectre.Console;
using WorkManager.Load.Measuring;

namespace WorkManager.Load.Reporting;

/// <summary>The report on screen.</summary>
internal static class Tables
{
    private const string Nothing = "–";

    // Whoever reads a redirected output has no use for its width.
    private const int Width = 200;

    public static void Print(Report report)
    {
        var console = AnsiConsole.Console;
        console.Profile.Width = Math.Max(console.Profile.Width, Width);
        console.Write(Describe(report));
        if (report.Measurements.Count > 0)
        {
            console.Write(Details(report.Measurements));
        }

        console.Write(Reaches(report));
    }

    private static Table Describe(Report report)
    {
        var machine = report.Machine;
        var table = NewTable(report.Quick ? "Quick run: small sizes, orders of magnitude only" : "Full run", "", "");
        table.Columns[1].NoWrap = false;
        table.HideHeaders();
        Add("Date, commit", $"{machine.Date}, {machine.Commit ?? "unknown"}");
        Add("Machine", $"{machine.Cpu}, {machine.Cores} cores, {machine.Memory}, {machine.OperatingSystem}");
        Add(".NET, SQLite", $"{machine.DotNet}, SQLite {machine.SqliteVersion} (WAL, synchronous = FULL)");
        Add("PostgreSQL", string.Join(", ", machine.PostgreSql.Select(s => $"{s.Key} = {s.Value}")));
        return table;

        void Add(params string[] cells) => AddRow(table, cells);
    }

    private static Table Reaches(Report report)
    {
        var table = NewTable($"What was to be reached{(report.Quick ? " (quick run)" : "")}", "Scenario", "What", "Reach", "Measured", "Ratio", "");
        foreach (var reach in report.Reaches)
        {
            AddRow(
                table, reach.Scenario, reach.What, reach.Goal ?? Nothing, reach.Measured, Format(reach.Ratio, "0.00"),
                reach.Ok switch { true => "ok", false => "missed", null => Nothing });
        }

        return table;
    }

    private static Table Details(IEnumerable<Measurement> measurements)
    {
        var table = NewTable(
            "In detail", "Scenario", "System", "Items/s", "Slowest–fastest", "Deadlocks", "Step", "p50 ms", "p99 ms", "Statements/item", "Round trips/item", "KB/item");
        foreach (var measurement in measurements)
        {
            string[] first =
            [
                $"{measurement.Scenario}, {measurement.Variant}", measurement.System, Format(measurement.ItemsPerSecond, "N0"),
                $"{Format(measurement.Slowest, "N0")}–{Format(measurement.Fastest, "N0")}", measurement.Deadlocks.ToString(CultureInfo.InvariantCulture),
            ];
            var allocated = Format(measurement.AllocatedPerItem / 1024, "0.0");
            if (measurement.Steps.Count == 0)
            {
                AddRow(table, [.. first, "", Nothing, Nothing, Nothing, Nothing, allocated]);
            }

            // One step is all there is: it is not printed twice.
            var steps = measurement.Steps.Count == 2 ? measurement.Steps.Where(s => s.Step == Latencies.Whole) : measurement.Steps.OrderBy(s => s.Step != Latencies.Whole);
            foreach (var step in steps)
            {
                var isFirst = step.Step == Latencies.Whole;
                AddRow(
                    table,
                    [
                        .. isFirst ? first : ["", "", "", "", ""], step.Step, Format(step.P50Milliseconds, "0.00"), Format(step.P99Milliseconds, "0.00"),
                        Format(step.StatementsPerItem, "0.####"), Format(step.RoundTripsPerItem, "0.####"), isFirst ? allocated : "",
                    ]);
            }
        }

        return table;
    }

    private static Table NewTable(string title, params string[] columns)
    {
        var table = new Table { Title = new TableTitle(title), Border = TableBorder.Simple };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(column).NoWrap());
        }

        return table;
    }

    private static void AddRow(Table table, params string[] cells) => table.AddRow([.. cells.Select(c => new Text(c))]);

    private static string Format(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? Nothing;
}
