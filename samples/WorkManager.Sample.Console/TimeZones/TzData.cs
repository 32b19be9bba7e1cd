namespace Countries.TimeZones;

/// <summary>The two files of the time zone database: the countries, and the time zones of each.</summary>
internal sealed class TzData
{
    private readonly HashSet<string> zoneNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> zonesByCountry = [];

    public TzData()
    {
        Countries = ReadRows("iso3166.tab").ToDictionary(row => row[0], row => row[1]);
        foreach (var row in ReadRows("zone1970.tab"))
        {
            zoneNames.Add(row[2]);
            foreach (var code in row[0].Split(','))
            {
                if (!zonesByCountry.TryGetValue(code, out var zones))
                {
                    zonesByCountry.Add(code, zones = []);
                }

                zones.Add(row[2]);
            }
        }
    }

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Data");

    /// <summary>Names by code, in the order of the file.</summary>
    public IReadOnlyDictionary<string, string> Countries { get; }

    /// <summary>The time zones of a country, in the order of the file; none for the few places where nobody ever lived.</summary>
    public IReadOnlyList<string> ZonesOf(string code) => zonesByCountry.GetValueOrDefault(code, []);

    public bool IsZone(string name) => zoneNames.Contains(name);

    private static IEnumerable<string[]> ReadRows(string file) =>
        File.ReadLines(Path.Combine(Folder, file)).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t'));
}
