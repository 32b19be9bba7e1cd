namespace WorkManager;

/// <summary>A payload is that of several order types, and the call names none of them (<c>order_type_ambiguous</c>).</summary>
public sealed class OrderTypeAmbiguousException : WorkManagerException
{
    internal OrderTypeAmbiguousException(Type payload, IReadOnlyList<string> candidates)
        : base(
            WorkErrorCodes.OrderTypeAmbiguous,
            $"{payload.Name} is the payload of several order types: {string.Join(", ", candidates)}. Name one: ProposeAsync<TOrderType>(payload).")
        => Candidates = candidates;

    /// <summary>The keys of the order types that have this payload, in the order of their registration.</summary>
    public IReadOnlyList<string> Candidates { get; }
}
