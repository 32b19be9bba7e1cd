using System.Text.Json.Serialization;

namespace WorkManager;

/// <summary>The states of a work order. Stored as the snake_case name.</summary>
[JsonConverter(typeof(StateNameJsonConverter<OrderState>))]
public enum OrderState
{
    /// <summary>Planned; nobody works on it.</summary>
    Queued,

    /// <summary>At least one item is leased.</summary>
    CheckedOut,

    /// <summary>At least one item is being worked on.</summary>
    InProgress,

    /// <summary>Every item has a result; waits for review.</summary>
    Submitted,

    /// <summary>Approved; seen only inside the transaction that applies it.</summary>
    Approved,

    /// <summary>The change is in the host's data.</summary>
    Applied,

    /// <summary>Done, for good.</summary>
    Completed,

    /// <summary>Refused by a reviewer or withdrawn.</summary>
    Rejected,

    /// <summary>An item failed for good.</summary>
    Failed,

    /// <summary>Given up, for good.</summary>
    DeadLettered,
}
