using System.Text.Json.Serialization;

namespace WorkManager;

/// <summary>What it means for an order that one of its items has failed for good. Stored as the snake_case name.</summary>
[JsonConverter(typeof(StateNameJsonConverter<ItemFailure>))]
public enum ItemFailure
{
    /// <summary>The other items are still worked on. Once none is open, the order fails.</summary>
    FailOrder,

    /// <summary>The order fails at once: leases on its other items end, and nobody can claim them.</summary>
    FailOrderAtOnce,

    /// <summary>The order goes to review without the item, unless no item has a result: then it fails.</summary>
    GoOn,
}
