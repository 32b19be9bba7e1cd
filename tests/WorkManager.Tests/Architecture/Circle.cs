namespace WorkManager.Tests.Architecture;

/// <summary>A way from something back to itself.</summary>
internal static class Circle
{
    /// <summary>The steps of a circle among these; none if there is no circle.</summary>
    public static IReadOnlyList<(string From, string To)> Find(IEnumerable<(string From, string To)> steps)
    {
        var next = steps.ToLookup(s => s.From, s => s.To);
        var done = new HashSet<string>();
        foreach (var start in next.Select(s => s.Key).Order(StringComparer.Ordinal))
        {
            if (Follow([start]) is { } circle)
            {
                return circle;
            }
        }

        return [];

        IReadOnlyList<(string From, string To)>? Follow(List<string> way)
        {
            foreach (var to in next[way[^1]])
            {
                if (way.IndexOf(to) is >= 0 and var first)
                {
                    var round = way[first..];
                    return [.. round.Zip([.. round.Skip(1), to])];
                }

                if (!done.Contains(to) && Follow([.. way, to]) is { } circle)
                {
                    return circle;
                }
            }

            // Nothing that can be reached from here leads back.
            done.Add(way[^1]);
            return null;
        }
    }
}
