namespace WorkManager;

/// <summary>Rows are not as an order left them, or others refer to them by now: it cannot be reversed (<c>reversal_conflict</c>).</summary>
public sealed class ReversalConflictException : WorkManagerException
{
    internal ReversalConflictException(Guid orderId, IReadOnlyList<ReviewDifference> conflicts)
        : base(WorkErrorCodes.ReversalConflict, Tell(orderId, conflicts)) => (OrderId, Conflicts) = (orderId, conflicts);

    /// <summary>The order that was to be reversed.</summary>
    public Guid OrderId { get; }

    /// <summary>
    /// What is in the way: values that are not as the order left them, with what it left and what they are now; rows that are gone or there again, without a
    /// name; and rows that refer to one that would be deleted.
    /// </summary>
    public IReadOnlyList<ReviewDifference> Conflicts { get; }

    private static string Tell(Guid orderId, IReadOnlyList<ReviewDifference> conflicts)
    {
        var names = ReviewDifference.NamesOf(conflicts);
        return $"Order {orderId} cannot be reversed, as some things have changed since: {names}{(conflicts.Count > 3 ? " …" : "")}. Nothing was changed.";
    }
}
