namespace Countries.Checking;

/// <summary>
/// What the table has to hold in the end, worked out from the two files alone, and on purpose not with the code that the agents use.
/// </summary>
internal static class ExpectedZones
{
    private static readonly string[] RejectedByBert = ["AQ", "GS", "TF", "UM"];

    public static Dictionary<string, string[]> Read(string folder)
    {
        var zones = (
            from line in File.ReadAllLines(Path.Combine(folder, "zone1970.tab"))
            where !line.StartsWith('#')
            let columns = line.Split('\t')
            from code in columns[0].Split(',')
            select (Code: code, Zone: columns[2])).ToLookup(z => z.Code, z => z.Zone);

        return (
            from line in File.ReadAllLines(Path.Combine(folder, "iso3166.tab"))
            where !line.StartsWith('#')
            select line[..2]).ToDictionary(code => code, code => RejectedByBert.Contains(code) ? [] : zones[code].ToArray());
    }
}
