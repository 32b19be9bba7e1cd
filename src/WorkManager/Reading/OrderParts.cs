namespace WorkManager;

/// <summary>What can be read together with an order.</summary>
[Flags]
public enum OrderParts
{
    /// <summary>The order alone.</summary>
    None = 0,

    /// <summary>Its items.</summary>
    Items = 1,

    /// <summary>Its items and their partial submissions.</summary>
    ItemParts = 2 | Items,

    /// <summary>Its audit trail, oldest first.</summary>
    Events = 4,

    /// <summary>Its provenance rows.</summary>
    Provenances = 8,

    /// <summary>What was decided about it and its items, oldest first.</summary>
    Decisions = 16,

    /// <summary>Everything.</summary>
    All = ItemParts | Events | Provenances | Decisions,
}
