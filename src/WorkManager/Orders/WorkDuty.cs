using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>Which process does a maintenance duty. Part of the first schema; nothing writes it yet.</summary>
[EntityTypeConfiguration(typeof(WorkDutyConfiguration))]
public sealed class WorkDuty
{
    internal WorkDuty()
    {
    }

    /// <summary>The name of the duty.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>The process that does the duty; null if none does.</summary>
    public string? Holder { get; internal set; }

    /// <summary>The number of the current or last holding; rises by one with every change of holder.</summary>
    public long Epoch { get; internal set; }

    /// <summary>When the holding ends unless it is renewed.</summary>
    public DateTimeOffset? ExpiresAt { get; internal set; }

    /// <summary>How far a reader of the event feed has come.</summary>
    public string? Cursor { get; internal set; }

    /// <summary>When the duty was last done, whether it succeeded or not.</summary>
    public DateTimeOffset? LastRunAt { get; internal set; }

    /// <summary>What failed when the duty was last done, as JSON text: <c>code</c>, <c>message</c>, <c>details</c>; null if it succeeded.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? LastError { get; internal set; }
}
