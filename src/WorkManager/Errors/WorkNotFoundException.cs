namespace WorkManager;

/// <summary>An order, item or part does not exist, or the caller may not see it (<c>not_found</c>).</summary>
public sealed class WorkNotFoundException : WorkManagerException
{
    internal WorkNotFoundException(string entity, Guid id)
        : base(WorkErrorCodes.NotFound, $"There is no work {entity} {id}.")
    {
        Entity = entity;
        Id = id;
    }

    /// <summary>What was looked for: <c>order</c>, <c>item</c> or <c>part</c>.</summary>
    public string Entity { get; }

    /// <summary>The id that was looked for.</summary>
    public Guid Id { get; }

    internal static WorkNotFoundException Order(Guid id) => new("order", id);

    internal static WorkNotFoundException Item(Guid id) => new("item", id);
}
