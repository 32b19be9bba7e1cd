namespace WorkManager;

/// <summary>Why an actor may not decide about an order.</summary>
public enum ApprovalDeniedReason
{
    /// <summary>
    /// Agents never approve, hold or resume, reopen a rejected order, nor revoke or extend the leases of others. Everything else they decide only about the
    /// orders that they proposed.
    /// </summary>
    Agent,

    /// <summary>The actor submitted work of this order, itself or through an agent, or has edited a result of it.</summary>
    Self,

    /// <summary>The actor lacks the role that the order type asks for.</summary>
    Role,

    /// <summary>The actor has approved this content already. A second person has to approve it.</summary>
    SecondApprover,

    /// <summary>Nobody was named who acts. See <see cref="IWorkOrderManager.As"/>.</summary>
    Unnamed,

    /// <summary>The actor proposed the order, itself or through an agent, and the order type wants somebody else.</summary>
    Requester,

    /// <summary>An <see cref="IApprovalPolicy"/> of the application is against it.</summary>
    Policy,
}
