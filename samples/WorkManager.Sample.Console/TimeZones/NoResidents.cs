namespace Countries.TimeZones;

/// <summary>Places with time zones in the file and nobody who lives there all the year. Ada asks for them, Bert thinks otherwise.</summary>
internal static class NoResidents
{
    public static IReadOnlyList<string> Codes { get; } = ["AQ", "GS", "TF", "UM"];
}
