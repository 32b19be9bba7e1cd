namespace WorkManager.Leasing;

/// <summary>How long the leases of a claim last, in whole seconds, as they are stored.</summary>
/// <remarks>What the request says comes first, then what the item was planned with, then what its order type says, then the options.</remarks>
/// <param name="Asked">What the request says; 0 if it says nothing.</param>
/// <param name="OfTypes">What each order type of the claim says, or else the options, in the order of the types.</param>
/// <param name="Most">The longest lease of an item that was planned with a time of its own.</param>
internal sealed record LeaseTimes(int Asked, IReadOnlyList<int> OfTypes, int Most)
{
    /// <summary>How long the lease of an item lasts.</summary>
    /// <param name="item">The item.</param>
    /// <param name="types">The order types of the claim.</param>
    public int Of(WorkItem item, IReadOnlyList<string> types) => Asked > 0 ? Asked
        : Math.Min(item.PlannedLeaseSeconds ?? OfTypes[types.TakeWhile(t => t != item.OrderType).Count()], Most);

    /// <summary>A time in whole seconds.</summary>
    public static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
