using WorkManager.Execution;
using WorkManager.OrderTypes;

namespace WorkManager;

/// <summary>Managers whose operations have scopes of their own.</summary>
internal sealed class WorkOrderManagerFactory(OperationRunner runner, Verbs verbs, OrderTypeRegistry types, JsonDocuments documents, OwningContext owner)
    : IWorkOrderManagerFactory
{
    public IWorkOrderManager Create(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return new WorkOrderManager(runner, verbs, types, documents, owner, new WorkSession(null, null, actor));
    }
}
