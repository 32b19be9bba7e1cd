namespace Countries.TimeZones;

/// <summary>Names that the time zone database has given up: where the table starts from, and what an agent may still remember.</summary>
internal static class OutdatedZones
{
    /// <summary>One old name for a few countries, as a table that nobody has looked after for years would have it.</summary>
    public static IReadOnlyDictionary<string, string> ByCountry { get; } = new Dictionary<string, string>
    {
        ["FO"] = "Atlantic/Faeroe",
        ["GL"] = "America/Godthab",
        ["IN"] = "Asia/Calcutta",
        ["MM"] = "Asia/Rangoon",
        ["UA"] = "Europe/Kiev",
    };
}
