using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkManager;

/// <summary>What went wrong with an order or an item: what a holder reports, and what was stored the last time.</summary>
/// <param name="Code">A code for programs, such as <c>apply_failed</c> or <c>max_attempts_exceeded</c>, 1 to 100 characters.</param>
/// <param name="Message">A sentence for people, 1 to 10,000 characters. For an exception, that of the innermost one.</param>
/// <param name="Details">More about it, depending on the code; null if there is no more.</param>
public sealed record WorkFailure(string Code, string Message, JsonElement? Details = null)
{
    /// <summary>Whether another attempt may succeed.</summary>
    /// <value>True by default. False fails the item at once, however many attempts are left.</value>
    public bool Retryable { get; init; } = true;

    /// <summary>How long to wait before the next attempt.</summary>
    /// <value>Null by default: as <see cref="RetryOptions"/> says. Up to 30 days; zero for at once.</value>
    [JsonIgnore]
    public TimeSpan? RetryAfter { get; init; }
}
