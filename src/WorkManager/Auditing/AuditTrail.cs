using System.Security.Cryptography;
using System.Text;

namespace WorkManager.Auditing;

/// <summary>Adds rows to the audit trail of a transaction.</summary>
/// <remarks>The trace is asked for with each row: it may become known only once the order is locked.</remarks>
internal sealed class AuditTrail(Action<WorkEvent> add, Actor actor, DateTimeOffset now, Guid operationId, Func<string?> traceParent)
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
            OperationId = operationId,
            Event = name,
            ActorType = who.Type,
            ActorId = who.Id,
            ActorModel = who.Model,
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
