using Microsoft.EntityFrameworkCore;

namespace WorkManager.Execution;

/// <summary>Approvals of whole orders that wait for those of other people.</summary>
internal static class GivenApprovals
{
    /// <summary>Those that nothing has taken the place of.</summary>
    public static IQueryable<WorkDecision> Of(IQueryable<WorkDecision> decisions, Guid orderId) => decisions.Where(
        d => d.OrderId == orderId && d.Decision == WorkDecision.Approve && d.ItemId == null && d.SupersededAt == null && d.ConsumedAt == null);

    /// <summary>Makes all of them void: what they were for is not to be applied any more.</summary>
    public static async Task VoidAsync(UnitOfWork unit, Guid orderId) => Void(unit, await ReadAsync(unit, orderId).ConfigureAwait(false));

    /// <summary>Makes some void, with the next save.</summary>
    public static void Void(UnitOfWork unit, IEnumerable<WorkDecision> approvals)
    {
        foreach (var approval in approvals)
        {
            approval.SupersededAt = unit.Now;
        }
    }

    /// <summary>Reads them, to be changed.</summary>
    public static Task<List<WorkDecision>> ReadAsync(UnitOfWork unit, Guid orderId) =>
        Of(unit.Rows.Decisions, orderId).OrderBy(d => d.Id).ToListAsync(CancellationToken.None);
}
