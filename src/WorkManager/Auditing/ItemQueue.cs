using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore.Query;

namespace WorkManager.Auditing;

/// <summary>Moves items into the queue, to a holder, back, and out. Each move sets all of its columns and records its event.</summary>
/// <remarks>
/// SQL statements that make such a move are built from the fragments in <c>Providers</c>. A test checks that each way to make a move writes the same rows.
/// </remarks>
internal sealed class ItemQueue(Lifecycle lifecycle, AuditTrail audit, Actor actor, DateTimeOffset now)
{
    /// <summary>Puts a new item into the queue.</summary>
    /// <param name="item">The item.</param>
    /// <param name="at">When it can be claimed; null for at once.</param>
    /// <param name="clock">The time that decides leases.</param>
    public static void Add(WorkItem item, DateTimeOffset? at, DateTimeOffset clock) => Schedule(item, at > clock ? at.Value : clock, clock);

    /// <summary>Leases items that are ready to the actor.</summary>
    /// <param name="items">The items.</param>
    /// <param name="seconds">How long the lease of an item lasts.</param>
    public void Grant(IReadOnlyCollection<WorkItem> items, Func<WorkItem, int> seconds)
    {
        var (last, details) = (0, EventDetails.None);
        foreach (var item in items)
        {
            var length = seconds(item);
            if (length != last)
            {
                // The leases of a claim mostly last equally long, and say the same.
                (last, details) = (length, new EventDetails(new JsonObject { ["lease_expires_at"] = now.AddSeconds(length) }));
            }

            item.ReadyAt = null;
            item.LeaseEpoch++;
            item.LeasedByAgentId = actor.LeaseHolder;
            item.LeaseSeconds = length;
            item.LeasedAt = now;
            item.LastHeartbeatAt = now;
            item.LeaseExpiresAt = now.AddSeconds(length);
            lifecycle.Move(item, ItemState.Leased, details);
        }
    }

    /// <summary>Extends a lease. The first time says that work has begun.</summary>
    /// <param name="item">The item.</param>
    /// <param name="progress">How far its holder has come; null leaves what it said before.</param>
    /// <param name="records">Whether later times leave an event, too.</param>
    public void Extend(WorkItem item, int? progress, bool records)
    {
        item.Progress = (short?)progress ?? item.Progress;
        item.LastHeartbeatAt = now;
        item.LeaseExpiresAt = now.AddSeconds(item.LeaseSeconds!.Value);
        item.UpdatedAt = now;
        if (item.State == ItemState.Leased)
        {
            lifecycle.Move(item, ItemState.InProgress);
        }
        else if (records)
        {
            audit.Record(WorkEventNames.Heartbeat, item, new(new JsonObject { ["lease_expires_at"] = item.LeaseExpiresAt }));
        }
    }

    /// <summary>Ends a lease with a result.</summary>
    public void Submit(WorkOrder order, WorkItem item, EventDetails details)
    {
        if (item.State == ItemState.Leased)
        {
            lifecycle.Move(order, item, ItemState.InProgress);
        }

        lifecycle.Move(order, item, ItemState.Submitted, details);
        ShowSubmitted(item);
    }

    /// <summary>Shows on an item what a submit writes, the result and the revision apart.</summary>
    public void ShowSubmitted(WorkItem item)
    {
        item.State = ItemState.Submitted;
        item.Error = null;
        item.SubmittedAt = now;
        item.SubmittedByType = actor.Type;
        item.SubmittedById = actor.Id;
        item.SubmittedFor = actor.Principal?.ToString();
        item.UpdatedAt = now;
        EndLease(item);
    }

    /// <summary>Ends a lease whose holder gives it back. No attempt is spent, unless the item was given back too often.</summary>
    /// <param name="order">The order, locked.</param>
    /// <param name="item">The item.</param>
    /// <param name="clock">The time that decides leases.</param>
    /// <param name="notBefore">When it can be claimed; null for at once.</param>
    /// <param name="reason">Why, if said.</param>
    /// <param name="most">How often an item can be given back without spending attempts; null if this time does not count.</param>
    public void Release(WorkOrder order, WorkItem item, DateTimeOffset clock, DateTimeOffset? notBefore, string? reason, int? most)
    {
        var said = new JsonObject();
        if (reason is not null)
        {
            said["reason"] = reason;
        }

        if (most is { } limit && ++item.Releases > limit)
        {
            said["attempts"] = ++item.Attempts;
        }

        EndLease(item);
        if (said.ContainsKey("attempts") && item.HasExhaustedAttempts)
        {
            audit.Record(WorkEventNames.Released, item, new(said));
            Fail(order, item, new JsonObject
            {
                ["code"] = "released_too_often",
                ["message"] = $"The item was given back without a result too often, and its last attempt is spent. It was given back {item.Releases} times.",
            });
            return;
        }

        Schedule(item, notBefore > clock ? notBefore.Value : clock, clock);
        if (item.ReadyAt is null && item.BlockedBy == 0)
        {
            said["available_at"] = item.AvailableAt;
        }

        lifecycle.Move(order, item, ItemState.Queued, said.Count > 0 ? new(said) : null, WorkEventNames.Released);
    }

    /// <summary>Ends a lease whose holder could not do the work, which spends an attempt: the item comes back after a pause, or fails.</summary>
    /// <param name="order">The order, locked.</param>
    /// <param name="item">The item.</param>
    /// <param name="clock">The time that decides leases.</param>
    /// <param name="error">What the holder says.</param>
    /// <param name="isFinal">Whether no other attempt is to be made.</param>
    /// <param name="pause">How long the item waits otherwise.</param>
    public void Fail(WorkOrder order, WorkItem item, DateTimeOffset clock, JsonObject error, bool isFinal, TimeSpan pause)
    {
        var said = new JsonObject { ["attempts"] = ++item.Attempts, ["error"] = error.DeepClone() };
        EndLease(item);
        if (isFinal || item.HasExhaustedAttempts)
        {
            audit.Record(WorkEventNames.AttemptFailed, item, new(said));
            Fail(order, item, error);
            return;
        }

        item.Error = error.ToJsonString(JsonSerializerOptions.Web);
        Schedule(item, clock + pause, clock);
        said["available_at"] = item.AvailableAt;
        lifecycle.Move(order, item, ItemState.Queued, new(said), WorkEventNames.AttemptFailed);
    }

    /// <summary>Ends a lease that ran out, which spends an attempt: the item comes back after a pause, or fails if it was the last one.</summary>
    /// <param name="order">The order, locked.</param>
    /// <param name="item">The item.</param>
    /// <param name="clock">The time that decides leases.</param>
    /// <param name="pause">How long the item waits.</param>
    public void Expire(WorkOrder order, WorkItem item, DateTimeOffset clock, TimeSpan pause)
    {
        var expired = new EventDetails(
            new JsonObject { ["attempts"] = ++item.Attempts, ["previous_agent_id"] = item.LeasedByAgentId }, "Lease expired", Actor: Lifecycle.Engine);
        EndLease(item);
        if (item.HasExhaustedAttempts)
        {
            audit.Record(WorkEventNames.LeaseExpired, item, expired);
            Fail(order, item, new JsonObject
            {
                ["code"] = "max_attempts_exceeded",
                ["message"] = $"The lease ran out, and that was the last of {item.MaxAttempts} attempts.",
            });
            return;
        }

        Schedule(item, clock + pause, clock);
        lifecycle.Move(order, item, ItemState.Queued, expired, WorkEventNames.LeaseExpired);
    }

    /// <summary>Takes a lease away from its holder. No attempt is spent, and it does not count as given back.</summary>
    /// <param name="order">The order, locked.</param>
    /// <param name="item">The item.</param>
    /// <param name="clock">The time that decides leases.</param>
    /// <param name="reason">Why, if said.</param>
    public void Revoke(WorkOrder order, WorkItem item, DateTimeOffset clock, string? reason)
    {
        var said = new JsonObject { ["previous_agent_id"] = item.LeasedByAgentId };
        if (reason is not null)
        {
            said["reason"] = reason;
        }

        EndLease(item);
        Schedule(item, clock, clock);
        lifecycle.Move(order, item, ItemState.Queued, new(said, "Lease revoked"), WorkEventNames.Released);
    }

    /// <summary>Lets a lease last until a time, whatever its holder does.</summary>
    public void Prolong(WorkItem item, DateTimeOffset until)
    {
        item.LeaseExpiresAt = until;
        item.UpdatedAt = now;
        item.Revision++;
        audit.Record(WorkEventNames.Heartbeat, item, new(new JsonObject { ["lease_expires_at"] = until }, "Lease extended"));
    }

    /// <summary>Puts an item whose result was refused, or that failed, into the queue: it is done again. Its parts and its history stay.</summary>
    /// <param name="order">The order, locked.</param>
    /// <param name="item">The item.</param>
    /// <param name="clock">The time that decides leases.</param>
    /// <param name="reasons">What the reviewer says.</param>
    /// <param name="message">A sentence for the audit trail.</param>
    public void Rework(WorkOrder order, WorkItem item, DateTimeOffset clock, JsonArray reasons, string message)
    {
        if (item.State == ItemState.Submitted)
        {
            lifecycle.Move(order, item, ItemState.Rejected, new(Message: message));
        }

        if (item.State == ItemState.Failed)
        {
            (item.Attempts, item.Releases) = (0, 0);
        }

        item.ReworkCount++;
        item.Error = new JsonObject { ["code"] = "rework", ["message"] = message, ["details"] = reasons.DeepClone() }.ToJsonString(JsonSerializerOptions.Web);
        (item.Result, item.AssembledResult, item.ResultHash, item.ResultVersion) = (null, null, null, null);
        (item.SubmittedAt, item.SubmittedByType, item.SubmittedById, item.SubmittedFor) = (null, null, null, null);
        Enter(order, item, clock, new(new JsonObject { ["reasons"] = reasons.DeepClone() }, message));
    }

    /// <summary>Puts an item that has failed into the queue again. Its history stays, and so does the number of its attempts if that is asked for.</summary>
    /// <param name="order">The order, locked.</param>
    /// <param name="item">The item.</param>
    /// <param name="clock">The time that decides leases.</param>
    /// <param name="keepsAttempts">Whether the attempts that it had count on.</param>
    /// <param name="message">A sentence for the audit trail.</param>
    public void Retry(WorkOrder order, WorkItem item, DateTimeOffset clock, bool keepsAttempts, string message)
    {
        if (!keepsAttempts)
        {
            (item.Attempts, item.Releases) = (0, 0);
        }

        item.Error = null;
        Enter(order, item, clock, new(new JsonObject { ["attempts"] = item.Attempts }, message));
    }

    /// <summary>Takes an item that is held out of the queue: its lease ends, and nobody can claim it.</summary>
    public void TakeOut(WorkOrder order, WorkItem item, string why, Actor? by)
    {
        var revoked = new EventDetails(new JsonObject { ["previous_agent_id"] = item.LeasedByAgentId }, why, Actor: by);
        EndLease(item);
        item.BlockedBy++;
        Schedule(item, item.AvailableAt, now);
        lifecycle.Move(order, item, ItemState.Queued, revoked, WorkEventNames.Released);
    }

    /// <summary>The same for an item that is queued. Nobody held it: there is no event.</summary>
    public void TakeOut(WorkItem queued)
    {
        queued.BlockedBy++;
        queued.UpdatedAt = now;
        queued.Revision++;
        Schedule(queued, queued.AvailableAt, now);
    }

    /// <summary>The same for items that are queued, as an update of all of them.</summary>
    /// <param name="queued">The items.</param>
    /// <param name="reasons">For how many reasons each of them is taken out.</param>
    public void TakeOut(UpdateSettersBuilder<WorkItem> queued, int reasons) => queued
        .SetProperty(i => i.BlockedBy, i => i.BlockedBy + reasons)
        .SetProperty(i => i.ReadyAt, (DateTimeOffset?)null)
        .SetProperty(i => i.UpdatedAt, now)
        .SetProperty(i => i.Revision, i => i.Revision + 1);

    /// <summary>Takes away reasons for which items are out of the queue. Those that are queued keep their time.</summary>
    /// <param name="items">The items.</param>
    /// <param name="reasons">How many reasons each of them has less.</param>
    /// <param name="clock">The time that decides leases.</param>
    public void PutBack(UpdateSettersBuilder<WorkItem> items, int reasons, DateTimeOffset clock) => items
        .SetProperty(i => i.BlockedBy, i => i.BlockedBy - reasons)
        .SetProperty(
            i => i.ReadyAt, i => i.State == ItemState.Queued && i.BlockedBy == reasons && i.AvailableAt <= clock ? clock : (DateTimeOffset?)null)
        .SetProperty(i => i.UpdatedAt, now)
        .SetProperty(i => i.Revision, i => i.Revision + 1);

    /// <summary>Fails an item that waits for one which has failed. Nobody has begun it.</summary>
    /// <param name="order">The order, locked.</param>
    /// <param name="item">The item.</param>
    /// <param name="cause">The one that has failed.</param>
    public void FailWith(WorkOrder order, WorkItem item, Guid cause) => Fail(order, item, new JsonObject
    {
        ["code"] = WorkErrorCodes.DependencyFailed,
        ["message"] = $"The item {cause}, for which this one waits, has failed.",
        ["details"] = new JsonObject { ["item_id"] = cause },
    });

    /// <summary>Gives items another place in the order of service.</summary>
    public void Prioritize(UpdateSettersBuilder<WorkItem> items, short priority) => items
        .SetProperty(i => i.Priority, priority)
        .SetProperty(i => i.UpdatedAt, now)
        .SetProperty(i => i.Revision, i => i.Revision + 1);

    /// <summary>Puts an item into the queue that was not open. In an order that is held, it waits as the others do.</summary>
    /// <remarks>In an order that waits for another one, all items are open: nobody could work on them.</remarks>
    private void Enter(WorkOrder order, WorkItem item, DateTimeOffset clock, EventDetails said)
    {
        item.BlockedBy += order.HeldAt is null ? 0 : 1;
        Schedule(item, clock, clock);
        lifecycle.Move(order, item, ItemState.Queued, said);
    }

    /// <summary>The rule of the queue: <c>ready_at</c> is set exactly when an item can be claimed.</summary>
    private static void Schedule(WorkItem item, DateTimeOffset at, DateTimeOffset clock)
    {
        item.AvailableAt = at;
        item.ReadyAt = item.BlockedBy == 0 && at <= clock ? clock : null;
    }

    // The epoch stays. It tells the token of a late holder from the token of the next holder.
    private static void EndLease(WorkItem item)
    {
        item.LeasedByAgentId = null;
        item.LeaseExpiresAt = null;
        item.LastHeartbeatAt = null;
        item.LeasedAt = null;
        item.LeaseSeconds = null;
        item.Progress = null;
    }

    private void Fail(WorkOrder order, WorkItem item, JsonObject error)
    {
        item.Error = error.ToJsonString(JsonSerializerOptions.Web);
        lifecycle.Move(order, item, ItemState.Failed, new EventDetails(new JsonObject { ["error"] = error.DeepClone() }, Actor: Lifecycle.Engine));
    }
}
