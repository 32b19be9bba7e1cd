using System.Text.Json.Nodes;
using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>Extends a lease. The first beat says that work has begun.</summary>
internal sealed class Heartbeat(LeaseOptions leases) : IVerb<LeaseToken, DateTimeOffset>
{
    public Operation Operation { get; } = new("heartbeat", JoinRule.Refuses);

    // A beat whose commit got no answer is simply sent again: it does no harm twice.
    public Task<DateTimeOffset> ExecuteAsync(OperationContext context, LeaseToken lease, CancellationToken cancellationToken) =>
        context.TransactAsync(unit => BeatAsync(unit, lease), _ => Task.FromResult(false), cancellationToken);

    private async Task<DateTimeOffset> BeatAsync(UnitOfWork unit, LeaseToken lease)
    {
        var item = await unit.LockHeldItemAsync(lease).ConfigureAwait(false);
        var now = await unit.ReadClockAsync().ConfigureAwait(false);
        var expires = now.AddSeconds(item.LeaseSeconds!.Value);
        item.LastHeartbeatAt = now;
        item.LeaseExpiresAt = expires;
        item.UpdatedAt = unit.Now;

        if (item.State == ItemState.Leased)
        {
            unit.Lifecycle.Move(item, ItemState.InProgress);
            if (await unit.Sql<ILeasingSql>().TryLockCheckedOutOrderAsync(unit, item.OrderId).ConfigureAwait(false) is { } order)
            {
                order.Revision++;
                unit.Lifecycle.Advance(order, OrderState.InProgress);
            }
        }
        else if (leases.RecordHeartbeats)
        {
            unit.Audit.Record(WorkEventNames.Heartbeat, item, new(new JsonObject { ["lease_expires_at"] = expires }));
        }

        await unit.SaveAsync().ConfigureAwait(false);
        return expires;
    }
}
