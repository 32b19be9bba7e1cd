using System.Globalization;
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
        e.Message ?? (e.LeaseEpoch is { } epoch ? $"lease {epoch}" : ""),
    ];
}
