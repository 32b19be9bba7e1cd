using System.Text.Json;
using AwesomeAssertions;
using WorkManager.Auditing;
using WorkManager.Orders;

namespace WorkManager.Tests.Model;

/// <summary>Reads an order's life from its audit trail alone, and holds the stored rows to it.</summary>
internal static class Replay
{
    /// <summary>Steps that leave the state of an order as it is.</summary>
    private static readonly string[] Stays = 
    [
        WorkEventNames.Held, WorkEventNames.Resumed, WorkEventNames.Rescheduled, WorkEventNames.DependencyMet, WorkEventNames.ReviewOutdated,
        WorkEventNames.ApprovalGiven,
    ];

    /// <summary>Replays the trail of an order with all its items: every step is in the tables, and the end is what is stored.</summary>
    public static void Check(WorkOrder order)
    {
        var counters = (order.ItemsTotal, order.ItemsOpen, order.ItemsFailed);
        counters.Should().Be(
            (order.Items.Count, order.Items.Count(i => i.State.IsOpen()), order.Items.Count(i => i.State == ItemState.Failed)), "counters are a recount");

        order.Events.Should().OnlyContain(e => e.ContentHash == AuditTrail.Digest(e.Payload, e.Diff, e.Message), "each row of the trail can be verified");
        order.Events.Should().OnlyContain(e => e.OperationId != null, "each row of the trail names the call that wrote it");
        order.Events.GroupBy(e => e.OperationId).Should().OnlyContain(
            g => g.Select(e => e.CreatedAt).Distinct().Count() == 1, "time stands still during a call");
        CheckOrder(order);
        foreach (var item in order.Items)
        {
            CheckItem(item, [.. order.Events.Where(e => e.ItemId == item.Id).OrderBy(e => e.Id)]);
        }
    }

    private static void CheckOrder(WorkOrder order)
    {
        var trail = order.Events.Where(e => e.ItemId is null).OrderBy(e => e.Id).ToList();
        trail.Take(2).Select(e => e.Event).Should().Equal(WorkEventNames.Proposed, WorkEventNames.Planned);

        var (state, moved, writes) = (OrderState.Queued, order.CreatedAt, 0);
        foreach (var step in trail.Skip(2).Where(e => !IsFailedApproval(e) && !Stays.Contains(e.Event)))
        {
            var to = StateNames.Parse<OrderState>(step.Event == WorkEventNames.Requeued ? "queued" : step.Event);
            Transitions.OfOrders[state].Should().Contain(to, "{0} follows {1}", to, state);
            writes += step.CreatedAt == moved && writes > 0 ? 0 : 1;
            (state, moved) = (to, step.CreatedAt);
        }

        state.Should().Be(order.State, "the trail of the order ends in its state");
        moved.Should().Be(order.LastTransitionedAt, "its last step is its last transition");
        order.Revision.Should().BeGreaterThanOrEqualTo(writes, "each write of the order has raised its revision");
    }

    private static void CheckItem(WorkItem item, IReadOnlyList<WorkEvent> trail)
    {
        // An item that was moved to an order of its own begins there in the queue, after the leases that it had before.
        var moved = trail is [{ Event: WorkEventNames.Requeued } first, ..] ? first : null;
        var (state, epoch, attempts, result, holder) = (ItemState.Queued, moved?.LeaseEpoch ?? 0L, 0, (string?)null, (string?)null);
        foreach (var step in trail.Skip(moved is null ? 0 : 1))
        {
            if (step.Event is WorkEventNames.Edited or WorkEventNames.ItemApproved)
            {
                state.Should().Be(ItemState.Submitted, "only what waits for review is accepted or edited");
                result = step.Event == WorkEventNames.Edited ? ResultIn(step) : result;
                continue;
            }

            var to = step.Event is WorkEventNames.Released or WorkEventNames.LeaseExpired or WorkEventNames.AttemptFailed or WorkEventNames.Requeued
                ? ItemState.Queued
                : StateNames.Parse<ItemState>(step.Event);
            // A lease that was the last attempt leaves two events: how it ended, and that the item failed.
            (Transitions.OfItems[state].Contains(to) || (state == ItemState.Queued && to == ItemState.Failed)).Should().BeTrue("{0} follows {1}", to, state);
            var before = state;
            state = to;
            epoch += step.Event == WorkEventNames.Leased ? 1 : 0;
            attempts += step.Event is WorkEventNames.LeaseExpired or WorkEventNames.AttemptFailed || IsCostlyRelease(step) ? 1 : 0;
            holder = state is ItemState.Leased or ItemState.InProgress ? step.ActorId : null;
            step.LeaseEpoch.Should().Be(epoch == 0 ? null : epoch, "each step of an item says under which grant it was done");
            if (step.Event == WorkEventNames.Submitted)
            {
                result = ResultIn(step);
            }
            else if (step.Event == WorkEventNames.Requeued)
            {
                result = null;
                // What had failed begins anew.
                attempts = before == ItemState.Failed ? AttemptsIn(step) : attempts;
            }
        }

        item.Revision.Should().BeGreaterThanOrEqualTo(
            trail.Count(e => e != moved && e.Event is not (WorkEventNames.Failed or WorkEventNames.ItemApproved)),
            "each step of the item has raised its revision; failing and being accepted are none of its own");
        (state, epoch, attempts, result, holder).Should().Be(
            (item.State, item.LeaseEpoch, item.Attempts, item.Result, item.LeasedByAgentId?.Split(':')[^1]), "the trail of the item ends in its row");
    }

    private static string ResultIn(WorkEvent step) => JsonDocument.Parse(step.Payload!).RootElement.GetProperty("result").GetRawText();

    // A retry says how many it begins with.
    private static int AttemptsIn(WorkEvent step) =>
        JsonDocument.Parse(step.Payload!).RootElement.TryGetProperty("attempts", out var attempts) ? attempts.GetInt32() : 0;

    private static bool IsCostlyRelease(WorkEvent step) =>
        step is { Event: WorkEventNames.Released, Payload: { } payload } && JsonDocument.Parse(payload).RootElement.TryGetProperty("attempts", out _);

    private static bool IsFailedApproval(WorkEvent step) =>
        step.Event == WorkEventNames.ApprovalDenied
        || (step.Event == WorkEventNames.Failed && step.Payload?.Contains(WorkErrorCodes.ApplyFailed, StringComparison.Ordinal) == true);
}
