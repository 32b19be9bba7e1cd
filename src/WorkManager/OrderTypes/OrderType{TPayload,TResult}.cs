using System.Text.Json.Nodes;

namespace WorkManager;

/// <summary>A kind of work with one item per order, whose input is the payload.</summary>
/// <typeparam name="TPayload">What a requester gives, and the agent gets.</typeparam>
/// <typeparam name="TResult">What the agent submits.</typeparam>
public abstract class OrderType<TPayload, TResult> : OrderType<TPayload, TPayload, TResult>
    where TPayload : notnull
    where TResult : notnull
{
    /// <inheritdoc/>
    protected override IEnumerable<PlannedItem<TPayload>> Plan(TPayload payload) => [Item(payload)];

    /// <inheritdoc/>
    public override JsonObject UpgradeInput(JsonObject input, int fromVersion) => Upgrade(input, fromVersion);
}
