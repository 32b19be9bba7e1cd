using WorkManager.Applying;
using WorkManager.Execution;
using WorkManager.Leasing;
using WorkManager.Operating;
using WorkManager.Orders;
using WorkManager.Proposing;
using WorkManager.Reviewing;
using WorkManager.Selecting;

namespace WorkManager;

/// <summary>The duties: it hands each to its verb.</summary>
internal sealed class WorkMaintenance(WorkEngine engine, IServiceProvider? scope, Actor? actor = null) : IWorkMaintenance
{
    private readonly WorkSession session = new(scope, null, actor ?? Actor.System("maintenance"), TenantScope.All);

    public IWorkMaintenance In(IServiceProvider scope) => new WorkMaintenance(engine, scope ?? throw new ArgumentNullException(nameof(scope)), actor);

    public IWorkMaintenance As(Actor actor) => new WorkMaintenance(engine, scope, actor ?? throw new ArgumentNullException(nameof(actor)));

    public Task<int> ReclaimExpiredAsync(CancellationToken cancellationToken) =>
        engine.RunAsync(engine.Verbs.Reclaim, session, new ReclaimRequest(), cancellationToken);

    public Task<int> ApproveDueAsync(CancellationToken cancellationToken) =>
        engine.RunAsync(engine.Verbs.ApproveDue, session, new ApproveDueRequest(), cancellationToken);

    public Task<int> DeadLetterDueAsync(CancellationToken cancellationToken) =>
        engine.RunAsync(engine.Verbs.DeadLetterDue, session, new DeadLetterDueRequest(), cancellationToken);

    public Task<SelectionResult> RetryAsync(WorkSelection selection, bool keepAttempts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return engine.RunAsync(
            engine.Verbs.RetrySelected, session, new Selected<RetryRequest>(selection, id => new(id, null, keepAttempts)), cancellationToken);
    }

    public Task<SelectionResult> DeadLetterAsync(WorkSelection selection, string? reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return engine.RunAsync(
            engine.Verbs.DeadLetterSelected, session, new Selected<DeadLetterRequest>(selection, id => new(id, reason)), cancellationToken);
    }

    public Task<SelectionResult> CloneAsync(WorkSelection selection, int? priority, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return engine.RunAsync(engine.Verbs.CloneSelected, session, new Selected<CloneRequest>(selection, id => new(id, priority)), cancellationToken);
    }

    public Task<SelectionResult> ReturnForReworkAsync(
        WorkSelection selection, IReadOnlyList<RejectionReason> reasons, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentNullException.ThrowIfNull(reasons);
        return engine.RunAsync(
            engine.Verbs.ReworkSelected, session, new Selected<ReworkRequest>(selection, id => new(id, reasons, null)), cancellationToken);
    }

    public Task<SelectionResult> HoldAsync(WorkSelection selection, string? reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return engine.RunAsync(
            engine.Verbs.HoldSelected, session, new Selected<HoldRequest>(selection, id => new(id, reason)), cancellationToken);
    }

    public Task<SelectionResult> ResumeAsync(WorkSelection selection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return engine.RunAsync(engine.Verbs.ResumeSelected, session, new Selected<ResumeRequest>(selection, id => new(id)), cancellationToken);
    }

    public Task PauseTypeAsync(string orderType, string? reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(orderType);
        return engine.RunAsync(engine.Verbs.PauseType, session, new PauseTypeRequest(orderType, reason), cancellationToken);
    }

    public Task ResumeTypeAsync(string orderType, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(orderType);
        return engine.RunAsync(engine.Verbs.ResumeType, session, new ResumeTypeRequest(orderType), cancellationToken);
    }

    public Task<StaleOrders> FindStaleAsync(CancellationToken cancellationToken) =>
        engine.RunAsync(engine.Verbs.FindStale, session, new FindStaleRequest(), cancellationToken);

    public Task<ReconcileResult> ReconcileAsync(CancellationToken cancellationToken) =>
        engine.RunAsync(engine.Verbs.Reconcile, session, new ReconcileRequest(), cancellationToken);

    public Task<PruneResult> PruneAsync(bool dryRun, CancellationToken cancellationToken) =>
        engine.RunAsync(engine.Verbs.Prune, session, new PruneRequest(dryRun), cancellationToken);

    public Task<int> PurgeKeysAsync(CancellationToken cancellationToken) =>
        engine.RunAsync(engine.Verbs.PurgeKeys, session, new PurgeKeysRequest(), cancellationToken);

    public Task<int> SettleDependenciesAsync(CancellationToken cancellationToken) =>
        engine.RunAsync(engine.Verbs.SettleDependencies, session, new SettleRequest(), cancellationToken);

    public Task<GenerationResult> GenerateAsync(bool dryRun, CancellationToken cancellationToken) =>
        engine.RunAsync(
            engine.Verbs.Generate, session with { Actor = actor ?? Actor.System("scheduler") }, new GenerateRequest(dryRun), cancellationToken);

    public Task<LeaseSelectionResult> RevokeLeasesAsync(LeaseSelection selection, string? reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return engine.RunAsync(engine.Verbs.RevokeLeases, session, new RevokeRequest(selection, reason), cancellationToken);
    }

    public Task<LeaseSelectionResult> ExtendLeasesAsync(LeaseSelection selection, TimeSpan ttl, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return engine.RunAsync(engine.Verbs.ExtendLeases, session, new ExtendRequest(selection, ttl), cancellationToken);
    }

    public Task<IReadOnlyList<QueueStatus>> ReadQueueAsync(CancellationToken cancellationToken) =>
        engine.RunAsync(engine.Verbs.ReadQueue, session, new ReadQueueRequest(), cancellationToken);

    public Task CheckSchemaAsync(CancellationToken cancellationToken) => engine.CheckSchemaAsync(session, cancellationToken);
}
