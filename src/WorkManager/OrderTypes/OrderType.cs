using System.Text.Json.Nodes;
using WorkManager.OrderTypes;

namespace WorkManager;

/// <summary>
/// The base of all order types. Derive from <see cref="OrderType{TPayload, TInput, TResult}"/> or <see cref="OrderType{TPayload, TResult}"/>.
/// </summary>
/// <remarks>An order type is resolved from the scope that it runs in, so it may take scoped services such as the host's context.</remarks>
public abstract class OrderType
{
    private protected OrderType()
    {
    }

    /// <summary>Whether an order is approved by the application as soon as all its results are in and it is ready.</summary>
    /// <value>False by default: somebody reviews it.</value>
    public virtual bool AutoApprove => false;

    /// <summary>Whether somebody who submitted work of an order may approve it, too.</summary>
    /// <value>False by default. A self-approval is marked as such in <see cref="WorkDecision.SelfApproval"/>.</value>
    public virtual bool AllowSelfApproval => false;

    /// <summary>Whether the requester of an order, or the person for whom an agent proposed it, may approve it.</summary>
    /// <value>True by default. If not, such an approval is refused; see <see cref="ApprovalDeniedReason.Requester"/>.</value>
    public virtual bool AllowRequesterApproval => true;

    /// <summary>Whether an approval must name the content that was reviewed, as a preview gives it.</summary>
    /// <value><see cref="ReviewRequirement.IfPreviewed"/> by default.</value>
    public virtual ReviewRequirement Review => ReviewRequirement.IfPreviewed;

    /// <summary>How many leases of an item may end without a result before it fails.</summary>
    /// <value>Null by default: <see cref="RetryOptions.DefaultMaxAttempts"/>.</value>
    public virtual int? MaxAttempts => null;

    /// <summary>Brings the payload of an older version up to the current one.</summary>
    /// <param name="payload">The stored payload; may be changed and returned.</param>
    /// <param name="fromVersion">The version that it was written for, lower than the current one.</param>
    /// <returns>The payload in the current shape; by default the payload as it is.</returns>
    /// <remarks>Runs whenever a payload of an older version is read, also more than once for the same. It should need no services.</remarks>
    public virtual JsonObject Upgrade(JsonObject payload, int fromVersion) => payload;

    /// <summary>Brings the input of an item that an older version planned up to the current version.</summary>
    /// <param name="input">The stored input; may be changed and returned.</param>
    /// <param name="fromVersion">The version that planned it, lower than the current one.</param>
    /// <returns>
    /// The input in the current shape; by default the input as it is, and where the input is the payload, what <see cref="Upgrade"/> returns.
    /// </returns>
    /// <remarks>Runs whenever an input of an older version is read, also more than once for the same. It should need no services.</remarks>
    public virtual JsonObject UpgradeInput(JsonObject input, int fromVersion) => input;

    /// <summary>Brings a result that an older version accepted up to the current version.</summary>
    /// <param name="result">The stored result; may be changed and returned.</param>
    /// <param name="fromVersion">The version that accepted it, lower than the current one.</param>
    /// <returns>The result in the current shape; by default the result as it is.</returns>
    /// <remarks>Runs whenever a result of an older version is read, also more than once for the same. It should need no services.</remarks>
    public virtual JsonObject UpgradeResult(JsonObject result, int fromVersion) => result;

    internal abstract Task<IReadOnlyList<ValidationError>> FindFaultsAsync(object payload, CancellationToken cancellationToken);

    internal abstract Task<IReadOnlyList<PlannedItem>> PlanItemsAsync(object payload, CancellationToken cancellationToken);

    internal abstract Task<IReadOnlyList<ValidationError>> ValidateResultAsync(StoredItem item, object result, CancellationToken cancellationToken);

    internal abstract Task<IReadOnlyList<string>> GetObstaclesAsync(StoredOrder order, CancellationToken cancellationToken);

    internal abstract IApplySteps BeginApply(StoredOrder order, ApplyEnvironment environment);
}
