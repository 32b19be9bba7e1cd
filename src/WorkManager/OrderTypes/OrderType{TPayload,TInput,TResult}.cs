using WorkManager.OrderTypes;

namespace WorkManager;

/// <summary>A kind of work: how it is planned, what a good result is, and how results change the host's data.</summary>
/// <typeparam name="TPayload">What a requester gives.</typeparam>
/// <typeparam name="TInput">What the agent of one item gets.</typeparam>
/// <typeparam name="TResult">What the agent submits.</typeparam>
/// <remarks>Every hook may run more than once, and may see payloads of older versions.</remarks>
public abstract class OrderType<TPayload, TInput, TResult> : OrderType
    where TPayload : notnull
    where TInput : notnull
    where TResult : notnull
{
    /// <summary>
    /// Checks a payload beyond its shape, before it is planned: call <see cref="PayloadContext{TPayload}.Fail"/> for each error. Runs once, when the order is
    /// proposed.
    /// </summary>
    /// <param name="payload">The payload.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>A task that ends with the check.</returns>
    protected virtual Task ValidatePayloadAsync(PayloadContext<TPayload> payload, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Splits the order into items. Runs once, when the order is proposed. Override this or <see cref="PlanAsync"/>.</summary>
    /// <param name="payload">The payload.</param>
    /// <returns>The items, at least one; build them with <see cref="Item"/>. By default none, which is refused (<c>empty_plan</c>).</returns>
    protected virtual IEnumerable<PlannedItem<TInput>> Plan(TPayload payload) => [];

    /// <summary>Splits the order into items where that takes I/O. By default calls <see cref="Plan"/>.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="cancellationToken">Cancels the planning.</param>
    /// <returns>The items, at least one; build them with <see cref="Item"/>.</returns>
    protected virtual Task<IEnumerable<PlannedItem<TInput>>> PlanAsync(TPayload payload, CancellationToken cancellationToken) => Task.FromResult(Plan(payload));

    /// <summary>One item of the plan.</summary>
    /// <param name="input">What the agent gets.</param>
    /// <returns>The item.</returns>
    protected static PlannedItem<TInput> Item(TInput input) => new(input);

    /// <summary>Checks a result beyond its shape: call <see cref="ResultContext{TInput, TResult}.Fail"/> for each error.</summary>
    /// <param name="item">The item and its result.</param>
    protected virtual void ValidateResult(ResultContext<TInput, TResult> item)
    {
    }

    /// <summary>Checks a result beyond its shape where that takes I/O. By default calls <see cref="ValidateResult"/>.</summary>
    /// <param name="item">The item and its result.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>A task that ends with the check.</returns>
    protected virtual Task ValidateResultAsync(ResultContext<TInput, TResult> item, CancellationToken cancellationToken)
    {
        ValidateResult(item);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Says what keeps a submitted order from being approved: call <see cref="ReviewContext{TPayload, TInput, TResult}.NotReady"/> for each reason.
    /// </summary>
    /// <param name="review">The order and its results.</param>
    protected virtual void ReadyForApproval(ReviewContext<TPayload, TInput, TResult> review)
    {
    }

    /// <summary>Runs before <see cref="ApplyAsync"/>, in the same transaction.</summary>
    /// <param name="apply">The order and its results.</param>
    /// <param name="cancellationToken">Cancels the apply.</param>
    /// <returns>A task that ends with the step.</returns>
    protected virtual Task BeforeApplyAsync(ApplyContext<TPayload, TInput, TResult> apply, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Changes the host's data through the host's context. What it tracks is saved, and committed together with the order and its audit trail.
    /// </summary>
    /// <param name="apply">The order and its results.</param>
    /// <param name="cancellationToken">Cancels the apply.</param>
    /// <returns>A task that ends with the step.</returns>
    protected abstract Task ApplyAsync(ApplyContext<TPayload, TInput, TResult> apply, CancellationToken cancellationToken);

    /// <summary>Runs after the commit. An exception is logged, and the change stays committed.</summary>
    /// <param name="apply">The order and its results.</param>
    /// <param name="cancellationToken">Cancels the step.</param>
    /// <returns>A task that ends with the step.</returns>
    protected virtual Task AfterApplyAsync(ApplyContext<TPayload, TInput, TResult> apply, CancellationToken cancellationToken) => Task.CompletedTask;

    internal sealed override async Task<IReadOnlyList<ValidationError>> FindFaultsAsync(object payload, CancellationToken cancellationToken)
    {
        var context = new PayloadContext<TPayload>((TPayload)payload);
        await ValidatePayloadAsync(context, cancellationToken).ConfigureAwait(false);
        return context.Errors;
    }

    internal sealed override async Task<IReadOnlyList<PlannedItem>> PlanItemsAsync(object payload, CancellationToken cancellationToken)
    {
        // Of a null the plan has no items. A null among the items is the planner's mistake.
        IReadOnlyList<PlannedItem> items = [.. await PlanAsync((TPayload)payload, cancellationToken).ConfigureAwait(false) ?? []];
        return items.All(item => item is not null) ? items : throw new InvalidOperationException("The plan holds null instead of an item.");
    }

    internal sealed override async Task<IReadOnlyList<ValidationError>> ValidateResultAsync(StoredItem item, object result, CancellationToken cancellationToken)
    {
        var context = new ResultContext<TInput, TResult>(item.OrderId, item.Id, item.ReadInput<TInput>(), (TResult)result);
        await ValidateResultAsync(context, cancellationToken).ConfigureAwait(false);
        return context.Errors;
    }

    internal sealed override Task<IReadOnlyList<string>> GetObstaclesAsync(StoredOrder order, CancellationToken cancellationToken)
    {
        var review = new ReviewContext<TPayload, TInput, TResult>(order.Id, order.ReadPayload<TPayload>(), ReadItems(order), ReadFailedItems(order));
        ReadyForApproval(review);
        return Task.FromResult(review.Reasons);
    }

    internal sealed override IApplySteps BeginApply(StoredOrder order, ApplyEnvironment environment) =>
        new Steps(this, new ApplyContext<TPayload, TInput, TResult>(
            order.Id, order.ReadPayload<TPayload>(), ReadItems(order), ReadFailedItems(order), environment));

    private static IReadOnlyList<SubmittedItem<TInput, TResult>> ReadItems(StoredOrder order) =>
        [.. order.Items.Select(i => new SubmittedItem<TInput, TResult>(i.Id, i.ReadInput<TInput>(), i.ReadResult<TResult>()))];

    private static IReadOnlyList<FailedItem<TInput>> ReadFailedItems(StoredOrder order) =>
        [.. order.FailedItems.Select(i => new FailedItem<TInput>(i.Id, i.ReadInput<TInput>(), i.Failure))];

    private sealed class Steps(OrderType<TPayload, TInput, TResult> type, ApplyContext<TPayload, TInput, TResult> context) : IApplySteps
    {
        public Task BeforeAsync(CancellationToken cancellationToken) => type.BeforeApplyAsync(context, cancellationToken);

        public Task ApplyAsync(CancellationToken cancellationToken) => type.ApplyAsync(context, cancellationToken);

        public Task AfterAsync(CancellationToken cancellationToken) => type.AfterApplyAsync(context, cancellationToken);
    }
}
