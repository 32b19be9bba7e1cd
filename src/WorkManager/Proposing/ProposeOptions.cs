using System.Text.Json.Nodes;

namespace WorkManager;

/// <summary>What a proposal can say beside its payload.</summary>
public sealed record ProposeOptions
{
    /// <summary>0 to 100; higher is served first.</summary>
    /// <value>0 by default.</value>
    public int Priority { get; init; }

    /// <summary>The host's own data about the order; stored, searchable, and never read by WorkManager.</summary>
    /// <value>None by default.</value>
    public JsonObject? Meta { get; init; }

    /// <summary>When the work should be done.</summary>
    /// <value>Null by default: there is no due time.</value>
    public DateTimeOffset? DueAt { get; init; }
}
