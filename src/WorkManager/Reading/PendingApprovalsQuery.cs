namespace WorkManager;

/// <summary>A page of the orders that somebody may approve.</summary>
public sealed record PendingApprovalsQuery
{
    /// <summary>The largest page.</summary>
    public const int MaxLimit = 100;

    /// <summary>Only orders of this type.</summary>
    public string? Type { get; init; }

    /// <summary>Also those that others have taken; see <see cref="IWorkOrderManager.TakeReviewAsync"/>.</summary>
    public bool IncludeTaken { get; init; }

    /// <summary>How many orders a page has at most, 1 to <see cref="MaxLimit"/>.</summary>
    /// <value>20 by default.</value>
    public int Limit { get; init; } = 20;

    /// <summary>Where to go on: <see cref="WorkPage{T}.Next"/> of the page before.</summary>
    public string? After { get; init; }
}
