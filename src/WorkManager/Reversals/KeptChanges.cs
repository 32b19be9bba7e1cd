using System.Text.Json;

namespace WorkManager.Reversals;

/// <summary>What is kept of an apply whose order type is reversible.</summary>
/// <param name="Rows">What was done to each row.</param>
/// <param name="Obstacle">Why it cannot be reversed; null if it can.</param>
internal sealed record KeptChanges(IReadOnlyList<ReversibleRow> Rows, string? Obstacle)
{
    public static KeptChanges NotReversible(string obstacle) => new([], obstacle);

    /// <summary>The answer for an order that cannot be reversed.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="why">A sentence.</param>
    public static WorkManagerException Refusal(Guid orderId, string why) =>
        new(WorkErrorCodes.NotReversible, $"Order {orderId} cannot be reversed. {why}");

    public static KeptChanges Parse(string json) => JsonSerializer.Deserialize<KeptChanges>(json, JsonSerializerOptions.Web)!;

    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}
