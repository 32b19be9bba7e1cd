using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>A request that was answered under an idempotency key, and its answer.</summary>
[EntityTypeConfiguration(typeof(WorkIdempotencyKeyConfiguration))]
public sealed class WorkIdempotencyKey
{
    internal WorkIdempotencyKey()
    {
    }

    /// <summary>The id, given by the database.</summary>
    public long Id { get; internal set; }

    /// <summary>The tenant; empty without tenancy.</summary>
    public string TenantId { get; internal set; } = "";

    /// <summary>The operation and caller that the key belongs to, at most 80 characters.</summary>
    public string Scope { get; internal set; } = "";

    /// <summary>SHA-256 of the key, lower-case hex.</summary>
    public string KeyHash { get; internal set; } = "";

    /// <summary>SHA-256 of the request, lower-case hex: the same key with another request is refused.</summary>
    public string RequestHash { get; internal set; } = "";

    /// <summary>The operation that the request asked for, such as <c>propose</c>.</summary>
    public string Operation { get; internal set; } = "";

    /// <summary>The answer's body, as JSON text.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? ResponseSnapshot { get; internal set; }

    /// <summary>The version of the form in which the answer is stored: a later release may write another.</summary>
    public short? SnapshotVersion { get; internal set; }

    /// <summary>The code of the error that was the answer; null if the request succeeded.</summary>
    public string? ErrorCode { get; internal set; }

    /// <summary>The answer's status.</summary>
    public short? Status { get; internal set; }

    /// <summary>The answer's headers, as JSON text.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? Headers { get; internal set; }

    /// <summary>The order that the request was about.</summary>
    public Guid? OrderId { get; internal set; }

    /// <summary>The item that the request was about.</summary>
    public Guid? ItemId { get; internal set; }

    /// <summary>When the request was handled.</summary>
    public DateTimeOffset CreatedAt { get; internal set; }

    /// <summary>When the key may be used anew.</summary>
    public DateTimeOffset ExpiresAt { get; internal set; }
}
