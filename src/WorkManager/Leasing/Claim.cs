namespace WorkManager.Leasing;

/// <summary>What to claim.</summary>
/// <param name="Count">How many items at most.</param>
/// <param name="OrderId">Only of this order.</param>
/// <param name="Types">Of these order types, at least one, each with the lease that its items get.</param>
/// <param name="MinPriority">Only of this priority or higher.</param>
/// <param name="Times">How long leases last.</param>
/// <param name="Tenants">Only of these tenants, from each its share; null for those that the operation sees.</param>
internal sealed record Claim(
    int Count, Guid? OrderId, IReadOnlyList<string> Types, short MinPriority, LeaseTimes Times, IReadOnlyList<string>? Tenants = null)
{
    /// <summary>How many items each of the tenants may give.</summary>
    public int Share => (Count + Tenants!.Count - 1) / Tenants.Count;

    /// <summary>The same of some of its order types.</summary>
    public Claim Of(IReadOnlyList<string> types) => types.Count == Types.Count ? this
        : this with { Types = types, Times = Times with { OfTypes = [.. types.Select(t => Times.OfTypes[Types.TakeWhile(other => other != t).Count()])] } };

    /// <summary>What it may claim.</summary>
    public QueueFilter Filter => new(OrderId, Types, MinPriority);
}
