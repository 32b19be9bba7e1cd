using WorkManager.Execution;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>Managers whose operations have scopes of their own.</summary>
internal sealed class WorkOrderManagerFactory(WorkEngine engine) : IWorkOrderManagerFactory
{
    public IWorkOrderManager Create(Actor actor) => Create(actor, tenant: null);

    public IWorkOrderManager Create(Actor actor, string tenantId) => Create(actor, TenantScope.Of(tenantId));

    public IWorkOrderManager CreateForAllTenants(Actor actor) => Create(actor, TenantScope.All);

    private WorkOrderManager Create(Actor actor, TenantScope? tenant)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return new WorkOrderManager(engine, new WorkSession(null, null, actor, tenant));
    }
}
