using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Leasing;

/// <summary>Gives leases back: the items join the end of the queue, and no attempt is spent, unless an item is given back again and again.</summary>
internal sealed class ReleaseLease(RetryOptions retry, WorkClock time)
    : LeaseEnds<ReleaseRequest, ReleaseOptions>("release", JoinRule.Refuses, WorkEventNames.Released)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    protected override ReleaseOptions Check(ReleaseRequest request)
    {
        var options = request.Options;
        StorableText.EnsureReason(options.Reason);
        return options.NotBefore > time.Now() + Longest
            ? throw WorkValidationException.Argument("not_before", ValidationCodes.OutOfRange, "The time must be at most a year from now.")
            : options with { NotBefore = options.NotBefore is { } at ? WorkClock.Cut(at) : null };
    }

    protected override bool MayGoOn(ReleaseOptions move) => true;

    protected override Task<IReadOnlyList<WorkItem>> PutBackAsync(
        UnitOfWork unit, IReadOnlyList<(LeaseToken Lease, ReleaseOptions Move)> moves, bool waits) =>
        unit.Sql<ILeaseEndsSql>().ReleaseAsync(unit, moves, retry.MaxReleases, waits);

    protected override void End(UnitOfWork unit, WorkOrder order, WorkItem item, ReleaseOptions move, DateTimeOffset clock) =>
        unit.Queue.Release(order, item, clock, move.NotBefore, move.Reason, move.IsDraining ? null : retry.MaxReleases);
}
