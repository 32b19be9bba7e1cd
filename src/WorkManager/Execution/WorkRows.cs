using WorkManager.Orders;

namespace WorkManager.Execution;

/// <summary>The rows that an operation sees: those of its tenant. Every LINQ query of the engine begins here, so that none forgets the tenant.</summary>
internal sealed class WorkRows(WorkManagerDbContext db, TenantScope tenant)
{
    public WorkManagerDbContext Db => db;

    public TenantScope Tenant => tenant;

    public IQueryable<WorkOrder> Orders => tenant.Id is { } id ? db.WorkOrders.Where(o => o.TenantId == id) : db.WorkOrders;

    public IQueryable<WorkItem> Items => tenant.Id is { } id ? db.WorkItems.Where(i => i.TenantId == id) : db.WorkItems;

    public IQueryable<WorkEvent> Events => tenant.Id is { } id ? db.WorkEvents.Where(e => e.TenantId == id) : db.WorkEvents;

    public IQueryable<WorkProvenance> Provenances =>
        tenant.Id is { } id ? db.WorkProvenances.Where(p => p.TenantId == id) : db.WorkProvenances;

    /// <summary>Orders that repeat another one. An order of items that were returned has a parent, too, and repeats nothing.</summary>
    public IQueryable<WorkOrder> Clones
    {
        get
        {
            var proposed = Provenances.Where(p => p.Operation == WorkProvenance.Propose);
            return Orders.Where(o => o.ParentOrderId != null && proposed.Any(p => p.OrderId == o.Id));
        }
    }

    public IQueryable<WorkIdempotencyKey> Keys => tenant.Id is { } id ? db.WorkIdempotencyKeys.Where(k => k.TenantId == id) : db.WorkIdempotencyKeys;

    public IQueryable<WorkDecision> Decisions => tenant.Id is { } id ? db.WorkDecisions.Where(d => d.TenantId == id) : db.WorkDecisions;

    /// <summary>Who does the housekeeping. It is for all tenants.</summary>
    public IQueryable<WorkDuty> Duties => db.WorkDuties;

    /// <summary>Which order types are paused. They are so for all tenants.</summary>
    public IQueryable<WorkPausedType> PausedTypes => db.WorkPausedTypes;

    /// <summary>Which items wait for which. They have no tenant: ask for those of items that are known to be the tenant's.</summary>
    public IQueryable<WorkItemDependency> ItemDependencies => db.WorkItemDependencies;

    /// <summary>Which orders wait for which. They have no tenant: ask for those of orders that are known to be the tenant's.</summary>
    public IQueryable<WorkOrderDependency> OrderDependencies => db.WorkOrderDependencies;
}
