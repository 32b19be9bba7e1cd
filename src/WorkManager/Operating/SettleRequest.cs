namespace WorkManager.Operating;

/// <summary>Orders that wait for others, to be looked at: those that wait for an order which was closed, some of them, or all.</summary>
/// <param name="DependsOnId">Only those that wait for this one.</param>
/// <param name="OrderIds">Only these.</param>
internal sealed record SettleRequest(Guid? DependsOnId = null, IReadOnlyCollection<Guid>? OrderIds = null)
{
    /// <summary>Whether it is for the duty, which looks at all of them and waits for none.</summary>
    public bool IsDuty => DependsOnId is null && OrderIds is null;
}
