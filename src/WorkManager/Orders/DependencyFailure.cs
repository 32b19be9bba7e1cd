using System.Text.Json.Serialization;

namespace WorkManager;

/// <summary>What becomes of work that waits for other work, if that comes to nothing. Stored as the snake_case name.</summary>
/// <remarks>
/// An item comes to nothing when it fails for good; an order when it is rejected, cancelled or given up. An order that failed can be retried.
/// </remarks>
[JsonConverter(typeof(StateNameJsonConverter<DependencyFailure>))]
public enum DependencyFailure
{
    /// <summary>What waits fails, too (<c>dependency_failed</c>). Retrying the first brings the items of its order that failed with it back.</summary>
    Fail,

    /// <summary>What waits goes on waiting, until somebody retries the first or returns it for rework, or cancels what waits.</summary>
    Wait,

    /// <summary>What waits goes on without it.</summary>
    GoOn,
}
