using System.Text.Json.Nodes;

namespace WorkManager;

/// <summary>Something that is not as it was when it was reviewed.</summary>
/// <param name="Row">The row, as <see cref="RowChange.Row"/> names it; null if it is no row: see <paramref name="Name"/>.</param>
/// <param name="Name">
/// The column; null if the whole row is changed now, and was not, or the other way round. If there is no row: <c>payload</c>, <c>results</c>,
/// <c>description</c>, <c>unseen</c>, or <c>redacted</c> for a value that is not told.
/// </param>
/// <param name="Reviewed">What was reviewed, as JSON: the value before and the value after.</param>
/// <param name="Now">What it would be now, likewise.</param>
public sealed record ReviewDifference(string? Row, string? Name, JsonNode? Reviewed, JsonNode? Now)
{
    /// <summary>The names of the first three, for a message.</summary>
    internal static string NamesOf(IReadOnlyList<ReviewDifference> differences) =>
        string.Join(", ", differences.Take(3).Select(d => string.Join(' ', new[] { d.Row, d.Name }.OfType<string>())));
}
