namespace WorkManager.OrderTypes.Validation;

/// <summary>Finds the name that a sender probably meant.</summary>
internal static class Suggestion
{
    private const int MaxLength = 64;
    private const int MostEdits = 2;

    /// <summary>The known name that is closest to one that is not known; null if none is close.</summary>
    /// <remarks>Names that differ only in case, underscores and hyphens are closest; then those that up to two edits turn into each other.</remarks>
    public static string? For(string name, IEnumerable<string> known)
    {
        if (name.Length > MaxLength)
        {
            return null;
        }

        var plain = Plain(name);
        var closest = known.Where(k => k.Length <= MaxLength).Select(k => (Name: k, Edits: Edits(plain, Plain(k)))).DefaultIfEmpty().MinBy(k => k.Edits);
        // In a short name, two edits are half of it.
        return closest.Name is not null && closest.Edits <= Math.Min(MostEdits, plain.Length / 3) ? closest.Name : null;
    }

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>The Levenshtein distance: how many characters have to be added, left out or replaced.</summary>
    private static int Edits(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
