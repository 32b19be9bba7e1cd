namespace WorkManager;

/// <summary>What a reviewer wants to take, and for how long.</summary>
public sealed record TakeReviewOptions
{
    /// <summary>The longest time for which an order can be taken: a day.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromDays(1);

    /// <summary>Only an order of this type.</summary>
    public string? Type { get; init; }

    /// <summary>This order, also if the actor has skipped it. Null for the next one.</summary>
    public Guid? OrderId { get; init; }

    /// <summary>For how long others are not offered the order, one second to <see cref="MaxTime"/>.</summary>
    /// <value>15 minutes by default.</value>
    public TimeSpan For { get; init; } = TimeSpan.FromMinutes(15);
}
