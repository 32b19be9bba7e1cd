using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>
/// A duty of <see cref="IWorkMaintenance"/>: which call does it now, and what came of it when it was last done. The row is there from the first time on.
/// </summary>
[EntityTypeConfiguration(typeof(WorkDutyConfiguration))]
public sealed class WorkDuty
{
    internal WorkDuty()
    {
    }

    /// <summary>
    /// The name of the duty: <c>reclaim</c>, <c>approve_due</c>, <c>dead_letter_due</c>, <c>settle_dependencies</c>, <c>reconcile</c>, <c>prune</c>,
    /// <c>purge_keys</c> or <c>generate</c>.
    /// </summary>
    public string Name { get; internal set; } = "";

    /// <summary>The id of the call that does the duty; null if none does.</summary>
    public string? Holder { get; internal set; }

    /// <summary>The number of the current or last holding; rises by one with every change of holder.</summary>
    public long Epoch { get; internal set; }

    /// <summary>When the holding ends unless it is renewed: a minute after it was taken or renewed, by the clock that decides leases.</summary>
    public DateTimeOffset? ExpiresAt { get; internal set; }

    /// <summary>How far a reader of the event feed has come. Part of the first schema; nothing writes it yet.</summary>
    public string? Cursor { get; internal set; }

    /// <summary>When the duty was last done or has failed; null if neither has happened. A run that is cancelled does not count.</summary>
    public DateTimeOffset? LastRunAt { get; internal set; }

    /// <summary>
    /// What ended the duty before its end when it was last done, as JSON text: <c>code</c>, <c>message</c>, <c>details</c>; null if nothing did. What was
    /// refused or failed for one order or one generator is in the result of the call, and in the log.
    /// </summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? LastError { get; internal set; }

    /// <summary>Reads <see cref="LastError"/>.</summary>
    /// <returns>The failure; null if there is none.</returns>
    public WorkFailure? ReadError() => StoredJson.ReadOptional<WorkFailure>("error", LastError, null);
}
