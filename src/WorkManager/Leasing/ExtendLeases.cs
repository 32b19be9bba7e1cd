using WorkManager.Errors;
using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>Lets leases last longer than they would. The next heartbeat of a holder extends its lease as ever.</summary>
internal sealed class ExtendLeases(LeaseOptions options, StoreDialects dialects)
    : SelectedLeases<ExtendRequest>("extend_leases", JoinRule.Refuses, "extend leases of", WorkEventNames.Heartbeat, dialects)
{
    protected override void Check(ExtendRequest request)
    {
        if (request.Ttl < TimeSpan.FromSeconds(1) || request.Ttl > options.MaxTtl)
        {
            throw WorkValidationException.Argument("ttl", ValidationCodes.OutOfRange, $"A lease lasts 1 second to {options.MaxTtl}.");
        }
    }

    // One that lasts longer already is left as it is. Those that run out first come first: the others can wait for the next call.
    protected override IOrderedQueryable<WorkItem> Sort(IQueryable<WorkItem> live, ExtendRequest request, DateTimeOffset clock)
    {
        var until = WorkClock.Cut(clock + request.Ttl);
        return live.Where(i => i.LeaseExpiresAt < until).OrderBy(i => i.LeaseExpiresAt);
    }

    protected override void Change(UnitOfWork unit, WorkOrder order, WorkItem item, ExtendRequest request, DateTimeOffset clock) =>
        unit.Queue.Prolong(item, WorkClock.Cut(clock + request.Ttl));
}
