using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>One partial submission of an item.</summary>
[EntityTypeConfiguration(typeof(WorkItemPartConfiguration))]
public sealed class WorkItemPart
{
    internal WorkItemPart()
    {
    }

    /// <summary>The id, a UUIDv7: ids ascend with time.</summary>
    public Guid Id { get; internal set; }

    /// <summary>The item.</summary>
    public Guid WorkItemId { get; internal set; }

    /// <summary>Which part of the result this is, at most 120 characters.</summary>
    public string PartKey { get; internal set; } = "";

    /// <summary>The number of a chunk within its key; null where a key has one part.</summary>
    public int? Seq { get; internal set; }

    /// <summary>Whether the part counts.</summary>
    public PartStatus Status { get; internal set; }

    /// <summary>The part, as JSON text.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string Payload { get; internal set; } = "{}";

    /// <summary>What the agent gives as proof, as JSON text.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? Evidence { get; internal set; }

    /// <summary>Why the last submission of this part was refused, as JSON text.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? Errors { get; internal set; }

    /// <summary>The agent's remarks.</summary>
    public string? Notes { get; internal set; }

    /// <summary>SHA-256 of the payload's canonical JSON, lower-case hex.</summary>
    public string? Checksum { get; internal set; }

    /// <summary>The name under which the item was held when the part was submitted.</summary>
    public string SubmittedByAgentId { get; internal set; } = "";

    /// <summary>The kind of actor that submitted the part.</summary>
    public ActorType? SubmittedByType { get; internal set; }

    /// <summary>The id of the actor that submitted the part.</summary>
    public string? SubmittedById { get; internal set; }

    /// <summary>For whom it was submitted, such as <c>user:7</c>.</summary>
    public string? SubmittedFor { get; internal set; }

    /// <summary>The version of the order type that the part was checked by.</summary>
    public int? TypeVersion { get; internal set; }

    /// <summary>SHA-256 of the idempotency key, lower-case hex.</summary>
    public string? IdempotencyKeyHash { get; internal set; }

    /// <summary>The grant under which the part was submitted.</summary>
    public long LeaseEpoch { get; internal set; }

    /// <summary>The last refused submission, kept beside the validated one, as JSON text.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? RejectedPayload { get; internal set; }

    /// <summary>When a submission of this part was last refused.</summary>
    public DateTimeOffset? RejectedAt { get; internal set; }

    /// <summary>When the part was first submitted.</summary>
    public DateTimeOffset CreatedAt { get; internal set; }

    /// <summary>When the part was last written.</summary>
    public DateTimeOffset UpdatedAt { get; internal set; }

    /// <summary>The item, if it was loaded.</summary>
    [JsonIgnore]
    public WorkItem? Item { get; internal set; }
}
