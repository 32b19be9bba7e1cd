namespace WorkManager;

/// <summary>A decision about one item of an order.</summary>
public sealed record ItemDecision
{
    private ItemDecision(ItemDecisionKind kind, Guid itemId, string? resultHash)
    {
        Kind = kind;
        ItemId = itemId;
        ResultHash = resultHash;
    }

    /// <summary>What is decided.</summary>
    public ItemDecisionKind Kind { get; }

    /// <summary>The item.</summary>
    public Guid ItemId { get; }

    /// <summary>The <see cref="WorkItem.ResultHash"/> of the result that the reviewer saw; null for whatever it is now.</summary>
    public string? ResultHash { get; }

    /// <summary>Why; 1 to 100 reasons for what is returned or rejected, none for what is accepted.</summary>
    public IReadOnlyList<RejectionReason> Reasons { get; private init; } = [];

    /// <summary>The result is to be applied.</summary>
    /// <param name="itemId">The item.</param>
    /// <returns>The decision.</returns>
    public static ItemDecision Accept(Guid itemId) => new(ItemDecisionKind.Accept, itemId, null);

    /// <summary>The result is to be applied, if it is still the one that was read.</summary>
    /// <param name="item">The item as it was read, with a result.</param>
    /// <returns>The decision.</returns>
    public static ItemDecision Accept(WorkItem item) => Of(ItemDecisionKind.Accept, item, []);

    /// <summary>The item is to be worked on again.</summary>
    /// <param name="itemId">The item.</param>
    /// <param name="reasons">Why.</param>
    /// <returns>The decision.</returns>
    public static ItemDecision Return(Guid itemId, params IReadOnlyList<RejectionReason> reasons) =>
        new(ItemDecisionKind.Return, itemId, null) { Reasons = reasons ?? throw new ArgumentNullException(nameof(reasons)) };

    /// <summary>The item is to be worked on again, if its result is still the one that was read.</summary>
    /// <param name="item">The item as it was read, with a result.</param>
    /// <param name="reasons">Why.</param>
    /// <returns>The decision.</returns>
    public static ItemDecision Return(WorkItem item, params IReadOnlyList<RejectionReason> reasons) => Of(ItemDecisionKind.Return, item, reasons);

    /// <summary>The result is not to be applied.</summary>
    /// <param name="itemId">The item.</param>
    /// <param name="reasons">Why.</param>
    /// <returns>The decision.</returns>
    public static ItemDecision Reject(Guid itemId, params IReadOnlyList<RejectionReason> reasons) =>
        new(ItemDecisionKind.Reject, itemId, null) { Reasons = reasons ?? throw new ArgumentNullException(nameof(reasons)) };

    /// <summary>The result is not to be applied, if it is still the one that was read.</summary>
    /// <param name="item">The item as it was read, with a result.</param>
    /// <param name="reasons">Why.</param>
    /// <returns>The decision.</returns>
    public static ItemDecision Reject(WorkItem item, params IReadOnlyList<RejectionReason> reasons) => Of(ItemDecisionKind.Reject, item, reasons);

    private static ItemDecision Of(ItemDecisionKind kind, WorkItem item, IReadOnlyList<RejectionReason> reasons)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(reasons);
        if (item.ResultHash is null)
        {
            throw new ArgumentException("The item had no result when it was read. Read it again.", nameof(item));
        }

        return new(kind, item.Id, item.ResultHash) { Reasons = reasons };
    }
}
