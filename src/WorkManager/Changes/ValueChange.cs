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
/// <param name="IsRedacted">Whether the property is marked as <c>Redacted()</c>: in the place of its values, other than null, is <c>(redacted)</c>.</param>
public sealed record ValueChange(string Name, JsonNode? Before, JsonNode? After, bool IsReviewed, bool IsRedacted)
{
    /// <summary>
    /// The characters in name and values that a reader would not see, or that change what is seen: each once, as <c>U+202E</c>, in the order of their codes.
    /// The values themselves hold them as they are.
    /// </summary>
    /// <value>Empty if there are none.</value>
    public IReadOnlyList<string> HiddenCharacters => Changes.HiddenCharacters.In(Name, Before, After);
}
