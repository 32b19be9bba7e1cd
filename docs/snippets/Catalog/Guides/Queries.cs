using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Catalog.Guides;

/// <summary>The queries of the database guide. A test runs each of them on every database.</summary>
public static class Queries
{
    public static async Task<List<WorkOrder>> FindQueuedAsync(DbContext db)
    {
        #region orders-by-state
        List<WorkOrder> queued = await db.Set<WorkOrder>().AsNoTracking()
            .InState(OrderState.Queued)
            .OrderByDescending(o => o.Priority).ThenBy(o => o.CreatedAt)
            .ToListAsync();
        #endregion
        return queued;
    }

    public static async Task<WorkItem?> FindAvailableAsync(DbContext db)
    {
        #region available-items
        WorkItem? next = await db.Set<WorkItem>().AsNoTracking()
            .AvailableForLease(DateTimeOffset.UtcNow)   // in the order in which a checkout hands them out
            .FirstOrDefaultAsync();
        #endregion
        return next;
    }

    public static async Task<WorkOrder?> FindWithItemsAsync(DbContext db, Guid id)
    {
        #region order-with-items
        WorkOrder? order = await db.Set<WorkOrder>().AsNoTracking()
            .Include(o => o.Items)
            .Include(o => o.Events.OrderBy(e => e.Id))
            .AsSplitQuery()
            .SingleOrDefaultAsync(o => o.Id == id);
        #endregion
        return order;
    }

    public static async Task<List<WorkItem>> FindStaleAsync(DbContext db, TimeProvider time)
    {
        #region expired-leases
        List<WorkItem> stale = await db.Set<WorkItem>().AsNoTracking()
            .WithExpiredLease(time.GetUtcNow())
            .ToListAsync();
        #endregion
        return stale;
    }

    public static async Task<List<string>> ReadTrailAsync(DbContext db, Guid orderId)
    {
        #region audit-trail
        List<string> trail = await db.Set<WorkEvent>()
            .Where(e => e.OrderId == orderId)
            .OrderBy(e => e.Id)
            .Select(e => $"{e.CreatedAt:u} {e.ActorType} {e.ActorId}: {e.Event}")
            .ToListAsync();
        #endregion
        return trail;
    }

    public static async Task<Dictionary<OrderState, int>> CountByStateAsync(DbContext db)
    {
        #region count-by-state
        Dictionary<OrderState, int> counts = await db.Set<WorkOrder>()
            .GroupBy(o => o.State)
            .Select(g => new { State = g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.State, g => g.Count);
        #endregion
        return counts;
    }

    public static async Task<List<WorkItem>> FindWorkOfAsync(DbContext db, string agentId)
    {
        #region items-of-an-agent
        List<WorkItem> held = await db.Set<WorkItem>().AsNoTracking()
            .LeasedBy(agentId)
            .Include(i => i.Order)
            .Include(i => i.Parts)
            .ToListAsync();
        #endregion
        return held;
    }
}
