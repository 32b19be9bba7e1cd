using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>Where a request came from.</summary>
[EntityTypeConfiguration(typeof(WorkProvenanceConfiguration))]
public sealed class WorkProvenance
{
    internal const string Propose = "propose";

    internal WorkProvenance()
    {
    }

    /// <summary>The id, given by the database.</summary>
    public long Id { get; internal set; }

    /// <summary>The order.</summary>
    public Guid? OrderId { get; internal set; }

    /// <summary>The item; null for requests about the order itself.</summary>
    public Guid? ItemId { get; internal set; }

    /// <summary>The tenant; empty without tenancy.</summary>
    public string TenantId { get; internal set; } = "";

    /// <summary>The call that the request led to: the events that it wrote have the same.</summary>
    public Guid? OperationId { get; internal set; }

    /// <summary>The operation, such as <c>propose</c>.</summary>
    public string Operation { get; internal set; } = "";

    /// <summary>The kind of actor that sent the request.</summary>
    public ActorType? ActorType { get; internal set; }

    /// <summary>The id of the actor that sent the request.</summary>
    public string? ActorId { get; internal set; }

    /// <summary>For whom the actor acted, such as <c>user:7</c>.</summary>
    public string? OnBehalfOf { get; internal set; }

    /// <summary>SHA-256 of the scope and key of the request's idempotency key, lower-case hex.</summary>
    public string? IdempotencyKey { get; internal set; }

    /// <summary>The version that the agent gives of itself.</summary>
    public string? AgentVersion { get; internal set; }

    /// <summary>The name that the agent gives of itself.</summary>
    public string? AgentName { get; internal set; }

    /// <summary>SHA-256 of the traits of the request, lower-case hex.</summary>
    public string? RequestFingerprint { get; internal set; }

    /// <summary>Everything else that is known of the request, as JSON text.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? Extra { get; internal set; }

    /// <summary>When the request was handled.</summary>
    public DateTimeOffset CreatedAt { get; internal set; }
}
