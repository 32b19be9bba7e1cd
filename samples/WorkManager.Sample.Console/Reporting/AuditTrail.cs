using System.Globalization;
using System.Text.Json.Nodes;
using Countries.Requesting;
using Countries.TimeZones;
using Microsoft.Extensions.Options;
using WorkManager;

namespace Countries.Reporting;

/// <summary>Everything that happened to one order, as it was recorded in the transactions in which it happened.</summary>
internal sealed class AuditTrail(
    SampleRun run, IWorkOrderRepository orders, IWorkEventRepository events, IOptions<WorkManagerOptions> options, TzData tz, Story story)
{
    private const int Longest = 500;

    public async Task PrintAsync(CancellationToken cancellationToken)
    {
        var requested = run.Orders[0];
        story.Chapter("The audit trail of one order", "IWorkEventRepository.ListByOrderAsync(orderId)");
        story.Say($"Order {requested.Id}: {requested.Title}. Events without a country are the order's own.");

        var order = await orders.FindAsync(requested.Id, OrderParts.Items, cancellationToken);
        var codes = order!.Items.ToDictionary(i => i.Id, i => i.ReadInput<CountryInput>(options.Value.Json).Code);
        var page = await events.ListByOrderAsync(requested.Id, Longest, cancellationToken: cancellationToken);
        story.Table(["Time (UTC)", "Event", "Actor", "Country", "What"], page.Items.Select(e => Row(e, codes)));
    }

    private string[] Row(WorkEvent e, Dictionary<Guid, string> codes) =>
    [
        e.CreatedAt.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture),
        e.Event,
        e.ActorType is { } type ? $"{StateNames.ToName(type)} {e.ActorId}" : "",
        e.ItemId is { } item ? $"{codes[item]} {tz.Countries[codes[item]]}" : "",
        Describe(e),
    ];

    /// <summary>The details of an event are JSON; a few of them as words.</summary>
    private static string Describe(WorkEvent e)
    {
        var details = e.Payload is null ? null : JsonNode.Parse(e.Payload);
        return e.Event switch
        {
            WorkEventNames.Proposed => $"for {string.Join(", ", details!["codes"]!.AsArray())}",
            WorkEventNames.Planned => $"{details!["item_count"]} items",
            WorkEventNames.Leased => $"lease {e.LeaseEpoch}",
            WorkEventNames.LeaseExpired => $"lease {e.LeaseEpoch} of {details!["previous_agent_id"]}",
            WorkEventNames.Submitted when e.ItemId is not null => string.Join(", ", details!["result"]!["zones"]!.AsArray()),
            WorkEventNames.AttemptFailed => $"attempt {details!["attempts"]}: {details["error"]!["message"]}",
            WorkEventNames.Requeued when details?["reasons"] is { } reasons => string.Join("; ", reasons.AsArray().Select(r => r!["message"])),
            WorkEventNames.Applied => $"{JsonNode.Parse(e.Diff!)!["changes"]!.AsObject().Count} rows, before and after in the diff",
            _ => e.Message ?? "",
        };
    }
}
