using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Auditing;
using WorkManager.Execution;

namespace WorkManager.Operating;

/// <summary>Compares open orders with their items, and mends what does not agree.</summary>
/// <remarks>
/// A claim or heartbeat that finds the order locked leaves its state to the next transaction that locks it. If none comes, this duty catches up. Counts go
/// wrong only if somebody writes to the tables past WorkManager: that is worth a warning.
/// </remarks>
internal sealed class ReconcileOrders(ILogger<ReconcileOrders>? log = null) : IVerb<ReconcileRequest, ReconcileResult>
{
    private const int BatchSize = 100;

    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    public Operation Operation { get; } = new("reconcile", JoinRule.Refuses);

    public async Task<ReconcileResult> ExecuteAsync(OperationContext context, ReconcileRequest request, CancellationToken cancellationToken)
    {
        var (compared, recounted, caughtUp) = (0, new List<Guid>(), new List<Guid>());
        List<WorkOrder> page = [];
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var after = page.Count == 0 ? Guid.Empty : page[^1].Id;
            (page, var suspects) = await context.ReadAtOneMomentAsync(rows => FindAsync(rows, after, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            compared += page.Count;
            foreach (var id in suspects)
            {
                var mended = await MendAsync(context, id, cancellationToken).ConfigureAwait(false);
                if (mended.Submitted is { } order)
                {
                    context.Tell(order);
                }

                recounted.AddRange(mended.IsRecounted ? [id] : []);
                caughtUp.AddRange(mended.IsCaughtUp ? [id] : []);
            }
        }
        while (page.Count == BatchSize);

        if (recounted.Count > 0)
        {
            log.OrdersRecounted(recounted.Count, string.Join(", ", recounted.Take(BatchSize)));
        }

        return new(compared, recounted, caughtUp);
    }

    private static async Task<(List<WorkOrder> Page, IReadOnlyList<Guid> Suspects)> FindAsync(WorkRows rows, Guid after, CancellationToken cancellationToken)
    {
        var page = await rows.Orders.AsNoTracking().Where(o => o.Id.CompareTo(after) > 0)
            .InState(OrderState.Queued, OrderState.CheckedOut, OrderState.InProgress, OrderState.Submitted, OrderState.Failed)
            .OrderBy(o => o.Id).Take(BatchSize).ToListAsync(cancellationToken).ConfigureAwait(false);
        var counts = await ItemCounts.OfAsync(rows, [.. page.Select(o => o.Id)]).ConfigureAwait(false);
        return (page, [.. page.Where(o => !counts[o.Id].AreThoseOf(o) || counts[o.Id].IsBehind(o)).Select(o => o.Id)]);
    }

    private static Task<Mended> MendAsync(OperationContext context, Guid orderId, CancellationToken cancellationToken) => context.WriteAsync(
        Write.Once<Mended>(
            unit => MendAsync(unit, orderId),
            async (rows, mended) => (mended.IsRecounted || mended.IsCaughtUp) && await rows.Events.AnyAsync(
                e => e.OrderId == orderId && e.OperationId == context.OperationId, CancellationToken.None).ConfigureAwait(false)),
        cancellationToken);

    private static async Task<Ending<Mended>> MendAsync(UnitOfWork unit, Guid orderId)
    {
        // Who has locked it now corrects its state; and the next time comes.
        if ((await unit.Dialect.TryLockOrdersAsync(unit, [orderId]).ConfigureAwait(false)).SingleOrDefault() is not { } order)
        {
            return Ending.RollBack(new Mended(false, false, null));
        }

        var counts = (await ItemCounts.OfAsync(unit.Rows, [orderId]).ConfigureAwait(false))[orderId];
        var (isRecounted, isCaughtUp) = (!counts.AreThoseOf(order), counts.IsBehind(order));
        if (!isRecounted && !isCaughtUp)
        {
            return Ending.RollBack(new Mended(false, false, null));
        }

        if (isRecounted)
        {
            Recount(unit, order, counts);
        }

        var isSubmitted = isCaughtUp && CatchUp(unit, order, counts);
        await unit.SaveAsync().ConfigureAwait(false);
        return Ending.Commit(new Mended(isRecounted, isCaughtUp, isSubmitted ? new OrderSubmitted(order.Id, order.TenantId, order.Type) : null));
    }

    private static void Recount(UnitOfWork unit, WorkOrder order, ItemCounts counts)
    {
        unit.Audit.Record(WorkEventNames.Recounted, order, new(
            new JsonObject
            {
                ["items_total"] = counts.Total, ["items_open"] = counts.Open, ["items_failed"] = counts.Failed,
                ["previous_items_total"] = order.ItemsTotal, ["previous_items_open"] = order.ItemsOpen, ["previous_items_failed"] = order.ItemsFailed,
            },
            "The counts of items were wrong"));
        (order.ItemsTotal, order.ItemsOpen, order.ItemsFailed) = (counts.Total, counts.Open, counts.Failed);
        order.UpdatedAt = unit.Now;
    }

    /// <returns>Whether the order is submitted now.</returns>
    private static bool CatchUp(UnitOfWork unit, WorkOrder order, ItemCounts counts)
    {
        if (counts.Open == 0)
        {
            return unit.Lifecycle.Settle(order);
        }

        if (counts.Held == 0)
        {
            unit.Lifecycle.Move(order, OrderState.Queued, new EventDetails(Message: "Nobody works on the order", Actor: Lifecycle.Engine));
        }
        else
        {
            unit.Lifecycle.Advance(order, counts.Begun > 0 ? OrderState.InProgress : OrderState.CheckedOut);
        }

        return false;
    }

    private sealed record Mended(bool IsRecounted, bool IsCaughtUp, OrderSubmitted? Submitted);
}
