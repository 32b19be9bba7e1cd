using System.Diagnostics.Metrics;
using System.Reflection;
using AwesomeAssertions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Hosting.Diagnostics;
using WorkManager.Hosting.Tests.Diagnostics;
using WorkManager.Tests.Docs;

namespace WorkManager.Hosting.Tests.Docs;

/// <summary><c>docs/guides/operating.md</c> is a contract: dashboards and alerts are built on these names.</summary>
public sealed class OperatingGuide
{
    private static readonly MarkdownPage Page = MarkdownPage.Read("docs/guides/operating.md");

    [Fact]
    public void Every_metric_is_listed_with_kind_and_unit()
    {
        using var meters = new Measured();

        _ = new WorkerMetrics(meters);
        _ = new QueueMetrics(meters, maintenance: null!, TimeProvider.System, NullLogger<QueueMetrics>.Instance);

        var kinds = new Dictionary<string, string>
        {
            ["Histogram"] = "histogram", ["UpDownCounter"] = "up-down counter", ["ObservableGauge"] = "gauge",
        };
        Page.Table("Metric").Select(row => (Code(row[0]), row[1], Code(row[2])))
            .Should().Equal(meters.Instruments.Select(i => (i.Name, kinds[i.GetType().Name.Split('`')[0]], i.Unit!)));
    }

    [Fact]
    public void Every_outcome_is_listed()
    {
        var tags = Page.Table("Metric").Single(row => Code(row[0]) == "workmanager.worker.duration")[3];

        MarkdownPage.CodeIn(tags).Should().Equal(["worker", "outcome", .. Enum.GetValues<WorkEnd>().Select(WorkerMetrics.NameOf)]);
    }

    [Fact]
    public void Every_log_message_is_listed_and_no_number_is_used_twice()
    {
        var logged = typeof(WorkerOptions).Assembly.GetTypes()
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(m => m.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>().ToList();

        logged.Should().OnlyHaveUniqueItems(l => l.EventId);
        Page.Table("Event id").Select(row => $"{row[0]} {Code(row[1])} {row[2]}")
            .Should().Equal(logged.OrderBy(l => l.EventId).Select(l => $"{l.EventId} {l.EventName} {l.Level}"));
    }

    [Fact]
    public void Activity_source_and_meter_have_the_name_that_is_said()
    {
        using var meters = new Measured();
        _ = new WorkerMetrics(meters);

        Page.Text.Should().Contain($"named `{meters.Instruments[0].Meter.Name}`").And.Contain($"`{WorkActivity.Source}`");
    }

    private static string Code(string cell) => MarkdownPage.CodeIn(cell)[0];
}
