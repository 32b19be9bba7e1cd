using Microsoft.EntityFrameworkCore;

namespace WorkManager.Execution;

/// <summary>Approvals of orders and items by which nothing is applied yet.</summary>
internal static class GivenApprovals
{
    /// <summary>Approvals of the whole order that nothing has taken the place of.</summary>
    public static IQueryable<WorkDecision> Of(IQueryable<WorkDecision> decisions, Guid orderId) => decisions.Where(
        d => d.OrderId == orderId && d.Decision == WorkDecision.Approve && d.ItemId == null && d.SupersededAt == null && d.ConsumedAt == null);

    /// <summary>The same of single items.</summary>
    /// <remarks>It does not say that there is an item: a database would go through all decisions about items.</remarks>
    public static IQueryable<WorkDecision> OfItems(IQueryable<WorkDecision> decisions, Guid orderId) => decisions.Where(
        d => d.OrderId == orderId && d.Decision == WorkDecision.Accept && d.SupersededAt == null && d.ConsumedAt == null);

    /// <summary>All of them.</summary>
    public static IQueryable<WorkDecision> OfOrderOrItems(IQueryable<WorkDecision> decisions, Guid orderId) => decisions.Where(
        d => d.OrderId == orderId && (d.Decision == WorkDecision.Approve || d.Decision == WorkDecision.Accept)
            && d.SupersededAt == null && d.ConsumedAt == null);

    /// <summary>Edits of results that are still to be applied, by an actor, or by somebody in its name.</summary>
    public static IQueryable<WorkDecision> EditsBy(IQueryable<WorkDecision> decisions, Actor actor)
    {
        var (kind, id, name) = (actor.Type, actor.Id, actor.ToString());
        return decisions.Where(d => d.Decision == WorkDecision.Edit && d.SupersededAt == null
            && ((d.ActorType == kind && d.ActorId == id) || d.OnBehalfOf == name));
    }

    /// <summary>Makes those of an order void: what they were for is not to be applied any more.</summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="orderId">The order.</param>
    /// <param name="itemIds">The items of which it is so; null for all. Approvals of the whole order are void in any case.</param>
    /// <param name="withEdits">Whether the results of these items are gone, so that nobody's edits of them are left.</param>
    /// <param name="withTakes">Whether the order does not wait for review any more, so that nobody has taken it.</param>
    public static async Task VoidAsync(
        UnitOfWork unit, Guid orderId, IReadOnlySet<Guid>? itemIds = null, bool withEdits = false, bool withTakes = false)
    {
        string[] kinds =
        [
            WorkDecision.Approve, WorkDecision.Accept, .. withEdits ? (string[])[WorkDecision.Edit] : [], .. withTakes ? (string[])[WorkDecision.Take] : [],
        ];
        var given = await unit.Rows.Decisions
            .Where(d => d.OrderId == orderId && kinds.Contains(d.Decision) && d.SupersededAt == null && d.ConsumedAt == null)
            .ToListAsync(CancellationToken.None).ConfigureAwait(false);
        Void(unit, given.Where(d => d.ItemId is not { } id || itemIds?.Contains(id) != false));
    }

    /// <summary>Makes some void, with the next save.</summary>
    public static void Void(UnitOfWork unit, IEnumerable<WorkDecision> approvals)
    {
        foreach (var approval in approvals)
        {
            approval.SupersededAt = unit.Now;
        }
    }

    /// <summary>Reads those of the whole order, to be changed.</summary>
    public static Task<List<WorkDecision>> ReadAsync(UnitOfWork unit, Guid orderId) =>
        Of(unit.Rows.Decisions, orderId).OrderBy(d => d.Id).ToListAsync(CancellationToken.None);
}
