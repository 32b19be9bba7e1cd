namespace WorkManager.Proposing;

/// <summary>What the order type says of a payload. Its code is asked once, and before a transaction begins.</summary>
/// <param name="Items">The plan.</param>
/// <param name="AutoApprove">Whether the order is approved without a person.</param>
/// <param name="MaxAttempts">How many attempts an item has that does not say so itself; null for what the options say.</param>
internal sealed record HookAnswers(IReadOnlyList<PlannedItem> Items, bool AutoApprove, int? MaxAttempts);
