using System.Collections.ObjectModel;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Execution;
using WorkManager.Orders;

namespace WorkManager.Operating;

/// <summary>Compares open orders with their items, and mends what does not agree.</summary>
/// <remarks>
/// A claim or heartbeat that finds the order locked leaves its state to the next transaction that locks it. If none comes, this duty catches up. Counts go
/// wrong only if somebody writes to the tables past WorkManager: that is worth a warning.
/// </remarks>
internal sealed class ReconcileOrders(StoreDialects dialects, ILogger<ReconcileOrders>? log = null)
    : Duty<ReconcileRequest, ReconcileResult>("reconcile", new(0, [], [], ReadOnlyDictionary<Guid, WorkManagerException>.Empty))
{
    private const int BatchSize = 100;

    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    protected override async Task<ReconcileResult> RunAsync(
        OperationContext context, ReconcileRequest request, DutyTurn turn, CancellationToken cancellationToken)
    {
        var (compared, recounted, caughtUp) = (0, new List<Guid>(), new List<Guid>());
        var refused = new Dictionary<Guid, WorkManagerException>();
        List<Guid> page = [];
        try
        {
            do
            {
                var after = page.Count == 0 ? Guid.Empty : page[^1];
                (page, var suspects) = await context.ReadAtOneMomentAsync(rows => FindAsync(rows, after, cancellationToken), cancellationToken)
                    .ConfigureAwait(false);
                compared += page.Count;
                foreach (var id in suspects)
                {
                    if (!await turn.GoesOnAsync(cancellationToken).ConfigureAwait(false))
                    {
                        break;
                    }

                    var mended = await TryMendAsync(context, id, refused, cancellationToken).ConfigureAwait(false);
                    if (mended.Submitted is { } order)
                    {
                        context.Tell(order);
                    }

                    recounted.AddRange(mended.IsRecounted ? [id] : []);
                    caughtUp.AddRange(mended.IsCaughtUp ? [id] : []);
                }
            }
            while (page.Count == BatchSize && await turn.GoesOnAsync(cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            // Also if it ends early: what was mended is mended.
            if (recounted.Count > 0)
            {
                log.OrdersRecounted(recounted.Count, string.Join(", ", recounted.Take(BatchSize)));
            }
        }

        return new(compared, recounted, caughtUp, refused);
    }

    private static async Task<(List<Guid> Page, IReadOnlyList<Guid> Suspects)> FindAsync(WorkRows rows, Guid after, CancellationToken cancellationToken)
    {
        var page = await rows.Orders.Where(o => o.Id.CompareTo(after) > 0)
            .InState(OrderState.Queued, OrderState.CheckedOut, OrderState.InProgress, OrderState.Submitted, OrderState.Approved, OrderState.Failed)
            .OrderBy(o => o.Id).Take(BatchSize)
            .Select(o => new { o.Id, o.State, o.ItemFailure, o.ItemsTotal, o.ItemsOpen, o.ItemsFailed })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var counts = await ItemCounts.OfAsync(rows, page.ConvertAll(o => o.Id)).ConfigureAwait(false);
        return (page.ConvertAll(o => o.Id), page.FindAll(o =>
            !counts[o.Id].AreThose(o.ItemsTotal, o.ItemsOpen, o.ItemsFailed) || counts[o.Id].AreAheadOf(o.State, o.ItemFailure)).ConvertAll(o => o.Id));
    }

    /// <summary>Mends an order. One that is refused stops no other.</summary>
    private async Task<Mended> TryMendAsync(
        OperationContext context, Guid orderId, Dictionary<Guid, WorkManagerException> refused, CancellationToken cancellationToken)
    {
        try
        {
            return await MendAsync(context, orderId, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (StoreRefusal.Find(failure, dialects.Of(context.Host)) is { } refusal)
        {
            refused.Add(orderId, refusal);
            return Mended.Nothing;
        }
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
            return Ending.RollBack(Mended.Nothing);
        }

        var counts = (await ItemCounts.OfAsync(unit.Rows, [orderId]).ConfigureAwait(false))[orderId];
        var isRecounted = !counts.AreThose(order.ItemsTotal, order.ItemsOpen, order.ItemsFailed);
        var isCaughtUp = counts.AreAheadOf(order.State, order.ItemFailure);
        if (!isRecounted && !isCaughtUp)
        {
            return Ending.RollBack(Mended.Nothing);
        }

        if (isRecounted)
        {
            Recount(unit, order, counts);
        }

        var submitted = isCaughtUp ? await CatchUpAsync(unit, order, counts).ConfigureAwait(false) : null;
        await unit.SaveAsync().ConfigureAwait(false);
        return Ending.Commit(new Mended(isRecounted, isCaughtUp, submitted));
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

    /// <returns>The order, if it is submitted now.</returns>
    private static async Task<OrderSubmitted?> CatchUpAsync(UnitOfWork unit, WorkOrder order, ItemCounts counts)
    {
        var submitted = await IdleOrders.SettleAsync(unit, [order], []).ConfigureAwait(false);
        if (order.State.IsLive() && counts.Held > 0)
        {
            unit.Lifecycle.Advance(order, counts.Begun > 0 ? OrderState.InProgress : OrderState.CheckedOut);
        }

        return submitted.SingleOrDefault();
    }

    private sealed record Mended(bool IsRecounted, bool IsCaughtUp, OrderSubmitted? Submitted)
    {
        public static Mended Nothing { get; } = new(false, false, null);
    }
}
