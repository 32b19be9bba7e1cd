namespace WorkManager;

/// <summary>The host's context was about to save a change to an entity that only WorkManager may change (<c>governed_write</c>).</summary>
public sealed class GovernedWriteException : WorkManagerException
{
    internal GovernedWriteException(string entity)
        : base(WorkErrorCodes.GovernedWrite, $"Only WorkManager may change {entity}. Use IWorkOrderManager to change it, and AsNoTracking() to read it.")
        => Entity = entity;

    /// <summary>The name of the entity type.</summary>
    public string Entity { get; }
}
