namespace WorkManager;

/// <summary>Why a caller holds no live lease.</summary>
public enum LeaseLostReason
{
    /// <summary>The lease ran out.</summary>
    Expired,

    /// <summary>The item has been leased again: the epoch of the token is older than that of the item.</summary>
    Superseded,

    /// <summary>The lease belongs to another agent.</summary>
    NotHolder,

    /// <summary>Nobody holds the item: it was submitted or released, its lease was taken back, or its order was closed.</summary>
    NotLeased,
}
