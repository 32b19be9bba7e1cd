using System.Text.Json;

namespace WorkManager;

/// <summary>What went wrong with an order or an item the last time.</summary>
/// <param name="Code">A code for programs, such as <c>apply_failed</c> or <c>max_attempts_exceeded</c>.</param>
/// <param name="Message">A sentence for people. For an exception, that of the innermost one.</param>
/// <param name="Details">More about it, depending on the code; null if there is no more.</param>
public sealed record WorkFailure(string Code, string Message, JsonElement? Details = null);
