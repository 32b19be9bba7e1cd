namespace WorkManager;

/// <summary>What a reviewer decides about an item.</summary>
public enum ItemDecisionKind
{
    /// <summary>The result is to be applied.</summary>
    Accept,

    /// <summary>The item is to be worked on again.</summary>
    Return,

    /// <summary>The result is not to be applied.</summary>
    Reject,
}
