using WorkManager.Execution;

namespace WorkManager;

/// <summary>Managers whose operations have scopes of their own.</summary>
internal sealed class WorkOrderManagerFactory(WorkEngine engine) : IWorkOrderManagerFactory
{
    public IWorkOrderManager Create(Actor actor) =>
        new WorkOrderManager(engine, new WorkSession(null, null, actor ?? throw new ArgumentNullException(nameof(actor))));
}
