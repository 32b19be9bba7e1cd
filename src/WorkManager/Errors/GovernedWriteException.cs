namespace WorkManager;

/// <summary>
/// The host's context was about to write an entity that only WorkManager may change, or one of the host's own that is changed by approved work only
/// (<c>governed_write</c>).
/// </summary>
public sealed class GovernedWriteException : WorkManagerException
{
    internal GovernedWriteException(string entity)
        : base(WorkErrorCodes.GovernedWrite, $"Only WorkManager may change {entity}. Use IWorkOrderManager to change it, and AsNoTracking() to read it.")
        => Entity = entity;

    private GovernedWriteException(string entity, string message)
        : base(WorkErrorCodes.GovernedWrite, message) => Entity = entity;

    /// <summary>The name of the entity type.</summary>
    public string Entity { get; }

    internal static GovernedWriteException OfTheHost(string entity) => new(
        entity,
        $"{entity} is governed: it is changed inside the apply of an approved order only. Propose the change, or allow it by "
        + "Database.AllowGovernedWrites(reason).");
}
