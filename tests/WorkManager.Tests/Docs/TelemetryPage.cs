using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using WorkManager.Diagnostics;

namespace WorkManager.Tests.Docs;

/// <summary><c>docs/reference/telemetry.md</c> is a contract: dashboards are built on these names.</summary>
public sealed partial class TelemetryPage
{
    private static readonly MarkdownPage Page = MarkdownPage.Read("docs/reference/telemetry.md");

    [Fact]
    public void Every_metric_is_listed_with_kind_and_unit()
    {
        var published = new List<string>();
        using var meters = new OneMeter();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter, meters.Created))
            {
                published.Add($"{instrument.Name} {instrument.GetType().Name.Split('`')[0].ToLowerInvariant()} {instrument.Unit}");
            }
        };
        listener.Start();

        _ = new Telemetry(TimeProvider.System, meters);

        var listed = Page.Table("Metric").Select(row => $"{Code(row[0])} {row[1]} {Code(row[2])}");
        Assert.Equal(published.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_tag_of_a_metric_is_listed()
    {
        var tags = new List<string>();
        using var meters = new OneMeter();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (ReferenceEquals(instrument.Meter, meters.Created))
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, given, _) => Add(instrument, given));
        listener.SetMeasurementEventCallback<long>((instrument, _, given, _) => Add(instrument, given));
        listener.Start();

        var telemetry = new Telemetry(TimeProvider.System, meters);
        telemetry.Measure("propose", "ok", TimeSpan.FromSeconds(1));
        telemetry.CountLeases(1);
        telemetry.CountExpired(1);

        var listed = Page.Table("Metric").SelectMany(row => MarkdownPage.CodeIn(row[3]).Select(tag => $"{Code(row[0])} {tag}"));
        Assert.Equal(tags.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));

        void Add(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> given)
        {
            foreach (var tag in given)
            {
                tags.Add($"{instrument.Name} {tag.Key}");
            }
        }
    }

    [Fact]
    public void Every_operation_is_listed_with_what_it_does_in_a_callers_transaction()
    {
        var source = string.Join('\n', RepositoryFiles.Find("src", "*.cs").Select(RepositoryFiles.Read));
        var operations = Verb().Matches(source).Select(m => $"{m.Groups[1].Value} {m.Groups[2].Value.ToLowerInvariant()}")
            .Concat(Duty().Matches(source).Select(m => $"{m.Groups[1].Value} refuses"))
            .Concat(Query().Matches(source).Select(m => $"{m.Groups[1].Value} joins"))
            .Distinct();

        var listed = Page.Table("Operation").Select(row => $"{Code(row[0])} {row[2]}");
        Assert.Equal(operations.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_log_message_is_listed_and_no_number_is_used_twice()
    {
        var logged = typeof(WorkOrder).Assembly.GetTypes()
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(m => m.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>().ToList();

        Assert.NotEmpty(logged);
        Assert.Equal(logged.Select(l => l.EventId).Distinct().Count(), logged.Count);
        Assert.Equal(
            logged.Select(l => $"{l.EventId} {l.EventName} {l.Level}").Order(StringComparer.Ordinal),
            Page.Table("Event id").Select(row => $"{row[0]} {Code(row[1])} {row[2]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Activity_source_and_meter_have_the_name_that_is_said() => Assert.Contains($"named `{Telemetry.Name}`", Page.Text, StringComparison.Ordinal);

    private static string Code(string cell) => MarkdownPage.CodeIn(cell)[0];

    [GeneratedRegex(@"(?:new(?: Operation)?|(?:LeaseEnds|OrderVerb|SelectedOrders|SelectedLeases)<.*>)\(""(\w+)"", JoinRule\.(\w+)[,)]")]
    private static partial Regex Verb();

    [GeneratedRegex(@"Duty<.*>\(""(\w+)"", ")]
    private static partial Regex Duty();

    [GeneratedRegex(@"ReadAsync\(\s*""(\w+)""")]
    private static partial Regex Query();

    private sealed class OneMeter : IMeterFactory
    {
        public Meter? Created { get; private set; }

        public Meter Create(MeterOptions options) => Created = new Meter(options);

        public void Dispose() => Created?.Dispose();
    }
}
