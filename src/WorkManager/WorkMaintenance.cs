using WorkManager.Execution;
using WorkManager.Leasing;

namespace WorkManager;

/// <summary>The duties: it hands each to its verb.</summary>
internal sealed class WorkMaintenance(OperationRunner runner, Verbs verbs) : IWorkMaintenance
{
    private static readonly WorkSession Session = new(null, null, Actor.System("maintenance"));

    public Task<int> ReclaimExpiredAsync(CancellationToken cancellationToken) =>
        runner.RunAsync(verbs.Reclaim, Session, new ReclaimRequest(), cancellationToken);

    public Task CheckSchemaAsync(CancellationToken cancellationToken) => runner.CheckSchemaAsync(Session, cancellationToken);
}
