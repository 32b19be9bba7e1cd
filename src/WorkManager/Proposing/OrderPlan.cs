using WorkManager.OrderTypes;

namespace WorkManager.Proposing;

/// <summary>A proposal that passed its checks.</summary>
/// <param name="OrderId">The id that the order will have.</param>
/// <param name="Request">The proposal.</param>
/// <param name="Payload">Its payload.</param>
/// <param name="Meta">The host's own data, as text.</param>
/// <param name="Hooks">What the order type says.</param>
/// <param name="Items">The items.</param>
/// <param name="Dependencies">Which of the items wait for which, by their places.</param>
internal sealed record OrderPlan(
    Guid OrderId, ProposeRequest Request, CheckedDocument Payload, string? Meta, HookAnswers Hooks,
    IReadOnlyList<(PlannedItem Item, CheckedDocument Input)> Items, IReadOnlyList<(int Item, int DependsOn)> Dependencies)
{
    public string? UniqueKey => Request.Options.UniqueKey;

    /// <summary>What one open order of a tenant can have. Of plans with a unique key only.</summary>
    public (string Type, string Key) TypeAndKey => (Request.Type.Key, UniqueKey!);
}
