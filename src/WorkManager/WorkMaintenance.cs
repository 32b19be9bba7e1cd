using WorkManager.Applying;
using WorkManager.Execution;
using WorkManager.Leasing;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>The duties: it hands each to its verb.</summary>
internal sealed class WorkMaintenance(WorkEngine engine, IServiceProvider? scope) : IWorkMaintenance
{
    private readonly WorkSession session = new(scope, null, Actor.System("maintenance"), TenantScope.All);

    public IWorkMaintenance In(IServiceProvider scope) => new WorkMaintenance(engine, scope ?? throw new ArgumentNullException(nameof(scope)));

    public Task<int> ReclaimExpiredAsync(CancellationToken cancellationToken) =>
        engine.RunAsync(engine.Verbs.Reclaim, session, new ReclaimRequest(), cancellationToken);

    public Task<int> ApproveDueAsync(CancellationToken cancellationToken) =>
        engine.RunAsync(engine.Verbs.ApproveDue, session, new ApproveDueRequest(), cancellationToken);

    public Task CheckSchemaAsync(CancellationToken cancellationToken) => engine.CheckSchemaAsync(session, cancellationToken);
}
