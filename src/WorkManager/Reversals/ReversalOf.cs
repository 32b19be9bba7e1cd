using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.OrderTypes;

namespace WorkManager.Reversals;

/// <summary>
/// The order type of the orders that reverse those of another one. It has the same reviewers: who may approve a change, and how many have to, is so for its
/// reversal, too.
/// </summary>
internal sealed class ReversalOf<TOrderType>(TOrderType reversed, StoreDialects dialects) : OrderType
    where TOrderType : OrderType
{
    public override bool AllowSelfApproval => reversed.AllowSelfApproval;

    public override bool AllowRequesterApproval => reversed.AllowRequesterApproval;

    public override ReviewRequirement Review => reversed.Review;

    // Anybody could name any order.
    internal override Task<IReadOnlyList<ValidationError>> FindFaultsAsync(object payload, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ValidationError>>(
            [new("", ValidationCodes.Invalid, "Orders of this type are proposed by ProposeReversalAsync only.")]);

    internal override Task<IReadOnlyList<PlannedItem>> PlanItemsAsync(object payload, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PlannedItem>>([]);

    internal override Task<IReadOnlyList<ValidationError>> ValidateResultAsync(StoredItem item, object result, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ValidationError>>([]);

    internal override Task<IReadOnlyList<string>> GetObstaclesAsync(StoredOrder order, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    internal override IApplySteps BeginApply(StoredOrder order, ApplyEnvironment environment)
    {
        var payload = order.ReadPayload<ReversalPayload>();
        // Which are kept for as long as the order that is reversed.
        var kept = environment.KeptChanges ?? throw KeptChanges.Refusal(payload.OrderId, "It is not stored any more.");
        return new Steps(new Reversal(
            environment.Host, dialects.Sql<IReversalSql>(environment.Host), payload.OrderId, KeptChanges.Parse(kept).Rows));
    }

    private sealed class Steps(Reversal reversal) : IApplySteps
    {
        public Task BeforeAsync(CancellationToken cancellationToken) => reversal.EnsureIsPossibleAsync(locks: true, cancellationToken);

        public Task ApplyAsync(CancellationToken cancellationToken) => reversal.ApplyAsync(cancellationToken);

        public Task AfterAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
