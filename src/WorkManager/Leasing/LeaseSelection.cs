namespace WorkManager;

/// <summary>
/// The live leases that an operator means, of all tenants unless <see cref="TenantId"/> says otherwise. Everything that is set must hold; at least one thing
/// must be set, or <see cref="All"/>.
/// </summary>
public sealed record LeaseSelection
{
    /// <summary>The most leases that one call changes.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Only leases of this holder, as <see cref="WorkItem.LeasedByAgentId"/> has it.</summary>
    public string? AgentId { get; init; }

    /// <summary>Only leases on items of this order.</summary>
    public Guid? OrderId { get; init; }

    /// <summary>Only leases on items of this order type.</summary>
    public string? Type { get; init; }

    /// <summary>Only leases on items of this tenant.</summary>
    public string? TenantId { get; init; }

    /// <summary>Only leases whose holder has sent no heartbeat for this long; the grant counts as one.</summary>
    public TimeSpan? SilentFor { get; init; }

    /// <summary>All leases are meant, if nothing else is set.</summary>
    public bool All { get; init; }

    /// <summary>How many leases at most, 1 to <see cref="MaxLimit"/>. The ones whose holder has been silent for the longest time come first.</summary>
    /// <value>100 by default.</value>
    public int Limit { get; init; } = 100;

    /// <summary>Only say which leases would be changed.</summary>
    public bool DryRun { get; init; }
}
