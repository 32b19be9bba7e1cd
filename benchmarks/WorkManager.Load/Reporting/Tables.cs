using System.Globalization;
using Spectre.Console;
using WorkManager.Load.Measuring;

namespace WorkManager.Load.Reporting;

/// <summary>The report as text: on screen, or in the file that it is sent to.</summary>
internal static class Tables
{
    private const string Nothing = "–";

    private const int Width = 200;

    public static void Print(Report report)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = Width;
        Write(report.Quick ? "Quick run: small sizes, orders of magnitude only" : "Full run", Describe(report.Machine));
        if (report.Measurements.Count > 0)
        {
            Write("In detail", Details(report.Measurements));
        }

        Write($"What was to be reached{(report.Quick ? " (quick run)" : "")}", Reaches(report.Reaches));

        if (report.Failed.Count > 0)
        {
            console.WriteLine($"Ended by an error, and not measured to the end: {string.Join(", ", report.Failed)}");
        }

        // A table fills its lines up with spaces, which is nothing for a file that is committed.
        foreach (var line in text.ToString().TrimEnd().Split('\n'))
        {
            Console.WriteLine(line.TrimEnd());
        }

        void Write(string title, Table table)
        {
            console.WriteLine(title);
            console.Write(table);
        }
    }

    private static Table Describe(Machine machine)
    {
        var table = NewTable("", "");
        table.Columns[1].NoWrap = false;
        table.HideHeaders();
        Add("Date, commit", $"{machine.Date}, {machine.Commit ?? "unknown"}");
        Add("Machine", $"{machine.Cpu}, {machine.Cores} cores, {machine.Memory}, {machine.OperatingSystem}");
        Add(".NET, SQLite", $"{machine.DotNet}, SQLite {machine.SqliteVersion} (WAL, synchronous = FULL)");
        Add("PostgreSQL", string.Join(", ", machine.PostgreSql.Select(s => $"{s.Key} = {s.Value}")));
        return table;

        void Add(params string[] cells) => AddRow(table, cells);
    }

    private static Table Reaches(IEnumerable<Reach> reaches)
    {
        var table = NewTable("Scenario", "What", "Reach", "Measured", "Ratio", "");
        foreach (var reach in reaches)
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
            "Scenario", "System", "Items/s", "Slowest–fastest", "Deadlocks", "Step", "p50 ms", "p99 ms",
            "Statements/item", "Round trips/item", "Allocated KB/item");
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
            var steps = measurement.Steps.Count == 2
                ? measurement.Steps.Where(s => s.Step == Latencies.Whole)
                : measurement.Steps.OrderBy(s => s.Step != Latencies.Whole);
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

    private static Table NewTable(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(column).NoWrap());
        }

        return table;
    }

    private static void AddRow(Table table, params string[] cells) => table.AddRow([.. cells.Select(c => new Text(c))]);

    private static string Format(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? Nothing;
}
