namespace WorkManager;

/// <summary>Why a caller holds no live lease.</summary>
public enum LeaseLostReason
{
    /// <summary>The lease ran out.</summary>
    Expired,

    /// <summary>The item was leased again since: the epoch of the token is older than the item's.</summary>
    Superseded,

    /// <summary>The lease belongs to another agent.</summary>
    NotHolder,

    /// <summary>Nobody holds the item: it was submitted, released, taken back or closed.</summary>
    NotLeased,
}
