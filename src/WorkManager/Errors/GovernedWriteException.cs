namespace WorkManager;

/// <summary>An entity that only WorkManager may change was about to be saved by somebody else (<c>governed_write</c>).</summary>
public sealed class GovernedWriteException : WorkManagerException
{
    internal GovernedWriteException(string entity)
        : base(WorkErrorCodes.GovernedWrite, $"{entity} is written by WorkManager only. Use IWorkOrderManager; to read, query it without tracking.")
        => Entity = entity;

    /// <summary>The name of the entity type.</summary>
    public string Entity { get; }
}
