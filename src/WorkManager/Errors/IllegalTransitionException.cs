namespace WorkManager;

/// <summary>The operation is not possible in the current state (<c>illegal_transition</c>).</summary>
public sealed class IllegalTransitionException : WorkManagerException
{
    internal IllegalTransitionException(string entity, Guid id, string from, string to)
        : base(WorkErrorCodes.IllegalTransition, $"The {entity} {id} cannot go from {from} to {to}.")
    {
        Entity = entity;
        Id = id;
        From = from;
        To = to;
    }

    /// <summary><c>order</c> or <c>item</c>.</summary>
    public string Entity { get; }

    /// <summary>The id of the order or item.</summary>
    public Guid Id { get; }

    /// <summary>The current state.</summary>
    public string From { get; }

    /// <summary>The state that the operation leads to.</summary>
    public string To { get; }
}
