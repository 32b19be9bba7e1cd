namespace WorkManager.Execution;

/// <summary>For each of some leases, the item if the caller holds it, or the reason why not.</summary>
internal sealed class HeldItems(IReadOnlyDictionary<LeaseToken, WorkItem> held, IReadOnlyDictionary<LeaseToken, WorkManagerException> lost, Actor actor)
{
    /// <summary>
    /// The item of a lease, or the reason why the caller does not hold it. A batch may name a lease twice; the first time may have ended it.
    /// </summary>
    public WorkOutcome<WorkItem> Of(LeaseToken lease) => held.GetValueOrDefault(lease) switch
    {
        null => new(lost[lease]),
        { IsLeased: true } item => new(item),
        var item => new(UnitOfWork.WhyLeaseIsLost(item, lease, actor)),
    };
}
