using WorkManager.Applying;
using WorkManager.Execution;
using WorkManager.Leasing;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>The duties: it hands each to its verb.</summary>
internal sealed class WorkMaintenance(WorkEngine engine) : IWorkMaintenance
{
    private static readonly WorkSession Session = new(null, null, Actor.System("maintenance"), TenantScope.All);

    public Task<int> ReclaimExpiredAsync(CancellationToken cancellationToken) =>
        engine.RunAsync(engine.Verbs.Reclaim, Session, new ReclaimRequest(), cancellationToken);

    public Task<int> ApproveDueAsync(CancellationToken cancellationToken) =>
        engine.RunAsync(engine.Verbs.ApproveDue, Session, new ApproveDueRequest(), cancellationToken);

    public Task CheckSchemaAsync(CancellationToken cancellationToken) => engine.CheckSchemaAsync(Session, cancellationToken);
}
