using Microsoft.EntityFrameworkCore;

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

    /// <summary>The process that has it; null when nobody does.</summary>
    public string? Holder { get; internal set; }

    /// <summary>The number of the current or last holding; rises by one with every change of holder.</summary>
    public long Epoch { get; internal set; }

    /// <summary>When the holding ends unless it is renewed.</summary>
    public DateTimeOffset? ExpiresAt { get; internal set; }
}
