using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>One row of the audit trail. Rows are only ever added.</summary>
[EntityTypeConfiguration(typeof(WorkEventConfiguration))]
public sealed class WorkEvent
{
    internal WorkEvent()
    {
    }

    /// <summary>The id, given by the database. It is no cursor: a higher id may commit before a lower one.</summary>
    public long Id { get; internal set; }

    /// <summary>The order.</summary>
    public Guid OrderId { get; internal set; }

    /// <summary>The item; null for events of the order itself.</summary>
    public Guid? ItemId { get; internal set; }

    /// <summary>The tenant; empty without tenancy.</summary>
    public string TenantId { get; internal set; } = "";

    /// <summary>The call that wrote the row: the same for all rows that one call wrote, however often it was tried.</summary>
    public Guid? OperationId { get; internal set; }

    /// <summary>What happened: one of <see cref="WorkEventNames"/>.</summary>
    public string Event { get; internal set; } = "";

    /// <summary>The kind of actor that did it.</summary>
    public ActorType? ActorType { get; internal set; }

    /// <summary>The id of the actor that did it.</summary>
    public string? ActorId { get; internal set; }

    /// <summary>For whom the actor acted, such as <c>user:7</c>.</summary>
    public string? OnBehalfOf { get; internal set; }

    /// <summary>The model that the actor ran on, if it is an agent and said so.</summary>
    public string? ActorModel { get; internal set; }

    /// <summary>Details, as JSON text.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? Payload { get; internal set; }

    /// <summary>What changed in the host's data, as JSON text; see <see cref="WorkDiff"/>.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? Diff { get; internal set; }

    /// <summary>The details as a value. Which members there are depends on the event; docs/concepts/lifecycle.md has the table.</summary>
    /// <typeparam name="T">The type to read them as, such as <see cref="JsonElement"/>.</typeparam>
    /// <returns>The details; the default value if there are none.</returns>
    /// <exception cref="WorkManagerException">The details are not such a value (<c>type_mismatch</c>).</exception>
    public T? ReadPayload<T>() => StoredJson.ReadOptional<T>("details of the event", Payload, null);

    /// <summary>What changed in the host's data.</summary>
    /// <returns>The diff; null if the event has none.</returns>
    public WorkDiff? ReadDiff() => Diff is null ? null : WorkDiff.Parse(Diff);

    /// <summary>A sentence for people.</summary>
    public string? Message { get; internal set; }

    /// <summary>The grant of the item at that time.</summary>
    public long? LeaseEpoch { get; internal set; }

    /// <summary>SHA-256 of payload, diff and message, lower-case hex: the text can be erased and the row still be verified.</summary>
    public string? ContentHash { get; internal set; }

    /// <summary>The W3C trace context of the operation.</summary>
    public string? TraceParent { get; internal set; }

    /// <summary>Reserved: the number within the order, for events written under the order's lock.</summary>
    public long? Seq { get; internal set; }

    /// <summary>Reserved: the hash chain of the order.</summary>
    public string? ChainHash { get; internal set; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset CreatedAt { get; internal set; }
}
