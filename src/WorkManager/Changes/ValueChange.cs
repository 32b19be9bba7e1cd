using System.Text.Json.Nodes;

namespace WorkManager;

/// <summary>What an apply does to one value of a row.</summary>
/// <param name="Name">The column. A member of a value that is stored as JSON is named <c>column.member</c>.</param>
/// <param name="Before">The value before as JSON; null if it is null, or if the row is added.</param>
/// <param name="After">
/// The value after as JSON; null if it is null, or if the row is deleted. What refers to a row that is added has the name of that row: <c>new:table:n</c>.
/// </param>
/// <param name="IsReviewed">
/// Whether an approval is for exactly this change. It is not for what the database generates, for concurrency tokens, and for properties that are marked as
/// <c>NotReviewed()</c>, such as the time of a change.
/// </param>
public sealed record ValueChange(string Name, JsonNode? Before, JsonNode? After, bool IsReviewed);
