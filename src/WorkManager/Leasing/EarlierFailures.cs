using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>What came of the leases of an item before: its next holder may do better if it knows.</summary>
internal static class EarlierFailures
{
    private const int MostOfAnItem = 20;

    public static ILookup<Guid, WorkFailure> None { get; } = Enumerable.Empty<WorkItem>().ToLookup(i => i.Id, _ => new WorkFailure("", ""));

    /// <summary>Reads the last failures of items that were leased before, the oldest first.</summary>
    public static async Task<ILookup<Guid, WorkFailure>> ReadAsync(OperationContext context, IReadOnlyList<WorkItem> items)
    {
        var ids = items.Where(i => i.LeaseEpoch > 1).Select(i => (Guid?)i.Id).ToList();
        if (ids.Count == 0)
        {
            return None;
        }

        string[] names = [WorkEventNames.AttemptFailed, WorkEventNames.LeaseExpired, WorkEventNames.Released, WorkEventNames.Requeued];
        // The limit is kept here. In SQL it needs a window function, for which both databases read the events of all items.
        var events = await context.ReadAsync(rows => rows.Events
            .Where(e => ids.Contains(e.ItemId) && names.Contains(e.Event))
            .Select(e => new { e.Id, e.ItemId, e.Event, e.Payload, e.Message })
            .ToListAsync()).ConfigureAwait(false);
        return (
            from ofItem in events.GroupBy(e => e.ItemId)
            from e in ofItem.OrderBy(e => e.Id).TakeLast(MostOfAnItem)
            let failure = FailureOf(e.Event, e.Payload, e.Message)
            where failure is not null
            select (e.ItemId, failure)).ToLookup(f => f.ItemId!.Value, f => f.failure);
    }

    private static WorkFailure? FailureOf(string name, string? payload, string? message)
    {
        if (name == WorkEventNames.LeaseExpired)
        {
            return new WorkFailure(name, message ?? "");
        }

        // What an event says may have been erased.
        using var document = JsonDocument.Parse(payload ?? "{}");
        var said = document.RootElement;
        return name switch
        {
            WorkEventNames.AttemptFailed when said.TryGetProperty("error", out var error) => error.Deserialize<WorkFailure>(JsonSerializerOptions.Web),
            WorkEventNames.AttemptFailed => new WorkFailure(name, message ?? ""),
            WorkEventNames.Released => said.TryGetProperty("reason", out var reason) ? new WorkFailure(name, reason.GetString()!) : null,
            // An operator had it tried again: that is no failure.
            WorkEventNames.Requeued when said.TryGetProperty("attempts", out _) => null,
            _ => new WorkFailure("rework", message ?? "", said.TryGetProperty("reasons", out var reasons) ? reasons.Clone() : null),
        };
    }
}
