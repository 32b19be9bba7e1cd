using System.Text.Json.Serialization;

namespace WorkManager;

/// <summary>The states of a work item. Stored as the snake_case name.</summary>
[JsonConverter(typeof(StateNameJsonConverter<ItemState>))]
public enum ItemState
{
    /// <summary>Waits for an agent.</summary>
    Queued,

    /// <summary>An agent holds a lease.</summary>
    Leased,

    /// <summary>The holder has shown a sign of life.</summary>
    InProgress,

    /// <summary>Has a valid result; belongs to nobody and never expires.</summary>
    Submitted,

    /// <summary>The result was approved.</summary>
    Accepted,

    /// <summary>The result was refused.</summary>
    Rejected,

    /// <summary>Done, for good.</summary>
    Completed,

    /// <summary>Failed as often as allowed.</summary>
    Failed,

    /// <summary>Given up, for good.</summary>
    DeadLettered,
}
