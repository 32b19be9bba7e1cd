namespace WorkManager;

/// <summary>Why an actor may not approve.</summary>
public enum ApprovalDeniedReason
{
    /// <summary>Agents never approve.</summary>
    Agent,

    /// <summary>The actor submitted work of this order, itself or through an agent.</summary>
    Self,

    /// <summary>The actor lacks the role that the order type asks for.</summary>
    Role,

    /// <summary>A second person has to approve.</summary>
    SecondApprover,
}
