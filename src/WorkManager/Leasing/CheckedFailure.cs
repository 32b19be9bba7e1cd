using System.Text.Json.Nodes;

namespace WorkManager.Leasing;

/// <summary>What a holder says went wrong, after its check.</summary>
/// <param name="Error">What is stored at the item.</param>
/// <param name="IsFinal">Whether no other attempt is to be made.</param>
/// <param name="Pause">How long the item waits; null for what the options say.</param>
internal sealed record CheckedFailure(JsonObject Error, bool IsFinal, TimeSpan? Pause);
