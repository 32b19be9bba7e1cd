using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkManager.Auditing;

/// <summary>What an event says beside its name.</summary>
/// <param name="Payload">Details.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Diff">What changed in the host's data.</param>
/// <param name="Actor">Who did it, if it is not the actor of the operation.</param>
internal sealed record EventDetails(JsonObject? Payload = null, string? Message = null, WorkDiff? Diff = null, Actor? Actor = null)
{
    public static readonly EventDetails None = new();

    private EventText? text;

    /// <summary>Details whose payload is text already, with its digest.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="digest">Its digest, if it is known.</param>
    public static EventDetails Of(string payload, string? digest = null) =>
        new() { text = new(payload, null, digest ?? AuditTrail.Digest(payload, null, null)) };

    /// <summary>The details as they are stored. Made once: the events of a batch mostly say the same.</summary>
    public EventText Text => text ??= Write();

    private EventText Write()
    {
        var payload = Payload?.ToJsonString(JsonSerializerOptions.Web);
        var diff = Diff?.ToJson();
        return new(payload, diff, AuditTrail.Digest(payload, diff, Message));
    }
}

/// <summary>What an event says, as text, and the digest of it.</summary>
internal sealed record EventText(string? Payload, string? Diff, string Digest);

/// <summary>Adds rows to the audit trail of a transaction.</summary>
/// <remarks>The trace is asked for with each row: it may become known only once the order is locked.</remarks>
internal sealed class AuditTrail(Action<WorkEvent> add, Actor actor, DateTimeOffset now, Func<string?> traceParent)
{
    public string? TraceParent => traceParent();

    public void Record(string name, WorkOrder order, EventDetails? details = null) => Add(name, order.Id, order.TenantId, null, details);

    public void Record(string name, WorkItem item, EventDetails? details = null) => Add(name, item.OrderId, item.TenantId, item, details);

    /// <summary>The digest by which a row can be verified after its text was erased.</summary>
    /// <remarks>The separator cannot stand in JSON text or in a message: both databases refuse it, or we do.</remarks>
    public static string Digest(string? payload, string? diff, string? message) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{payload}\u001F{diff}\u001F{message}")));

    private void Add(string name, Guid orderId, string tenantId, WorkItem? item, EventDetails? details)
    {
        details ??= EventDetails.None;
        var who = details.Actor ?? actor;
        add(new WorkEvent
        {
            OrderId = orderId,
            ItemId = item?.Id,
            TenantId = tenantId,
            Event = name,
            ActorType = who.Type,
            ActorId = who.Id,
            OnBehalfOf = who.OnBehalfOf?.ToString(),
            Payload = details.Text.Payload,
            Diff = details.Text.Diff,
            Message = details.Message,
            LeaseEpoch = item is { LeaseEpoch: > 0 } ? item.LeaseEpoch : null,
            ContentHash = details.Text.Digest,
            TraceParent = TraceParent,
            CreatedAt = now,
        });
    }
}
