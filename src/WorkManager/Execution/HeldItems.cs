namespace WorkManager.Execution;

/// <summary>The items of some leases, as far as the caller holds them.</summary>
internal sealed class HeldItems(IReadOnlyDictionary<LeaseToken, WorkItem> held, IReadOnlyDictionary<LeaseToken, WorkManagerException> lost, Actor actor)
{
    /// <summary>The item of a lease, or why it is not held, or no longer: a batch may name it twice.</summary>
    public WorkOutcome<WorkItem> Of(LeaseToken lease) => held.GetValueOrDefault(lease) switch
    {
        null => new(lost[lease]),
        { IsLeased: true } item => new(item),
        var item => new(UnitOfWork.WhyLeaseIsLost(item, lease, actor)),
    };
}
