using WorkManager.Leasing;
using WorkManager.Execution;

namespace WorkManager;

/// <summary>The duties: it hands each to its verb.</summary>
internal sealed class WorkMaintenance(WorkEngine engine) : IWorkMaintenance
{
    private static readonly WorkSession Session = new(null, null, Actor.System("maintenance"));

    public Task<int> ReclaimExpiredAsync(CancellationToken cancellationToken) =>
        engine.RunAsync(engine.Verbs.Reclaim, Session, new ReclaimRequest(), cancellationToken);

    public Task CheckSchemaAsync(CancellationToken cancellationToken) => engine.CheckSchemaAsync(Session, cancellationToken);
}
