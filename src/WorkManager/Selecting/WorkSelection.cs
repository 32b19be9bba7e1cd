namespace WorkManager;

/// <summary>
/// The orders that an operator means, of all tenants unless <see cref="TenantId"/> says otherwise. Everything that is set must hold; at least one thing must
/// be set, or <see cref="All"/>.
/// </summary>
public sealed record WorkSelection
{
    /// <summary>The most orders that one call changes.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Only these orders.</summary>
    /// <value>Null by default: any. Else 1 to <see cref="MaxLimit"/> orders.</value>
    public IReadOnlyCollection<Guid>? OrderIds { get; init; }

    /// <summary>Only orders of this type.</summary>
    public string? Type { get; init; }

    /// <summary>Only orders in this state.</summary>
    public OrderState? State { get; init; }

    /// <summary>Only orders whose state has not changed for this long.</summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary>Only orders of this tenant.</summary>
    public string? TenantId { get; init; }

    /// <summary>Only orders of which this agent has leased an item at any time; it is told from the audit trail.</summary>
    public string? AgentId { get; init; }

    /// <summary>All orders are meant, if nothing else is set.</summary>
    public bool All { get; init; }

    /// <summary>How many orders at most, 1 to <see cref="MaxLimit"/>. The ones whose state has not changed for the longest time come first.</summary>
    /// <value>100 by default.</value>
    public int Limit { get; init; } = 100;

    /// <summary>Only say which orders would be changed.</summary>
    public bool DryRun { get; init; }
}
