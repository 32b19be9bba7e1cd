// Which scenarios (S01–S70) and known bugs (B1–B75) have a passing test, and on which databases.
//
//   dotnet test                          writes the results, traits included
//   dotnet run eng/Scenarios.cs          reads them
//   dotnet run eng/Scenarios.cs -- --all fails unless each has a passing test on both databases, and no failing one
//
// A test names what it covers: [Trait("Scenario", "S02")], [Trait("Bug", "B7")]. A test that needs no database counts for both.

using System.Xml.Linq;

var results = Path.Combine(RepositoryRoot(), "artifacts", "test-results");
var files = Directory.Exists(results) ? Directory.GetFiles(results, "*.xml") : [];
if (files.Length == 0)
{
    Console.Error.WriteLine($"No results in {results}: run `dotnet test` first.");
    return 2;
}

var tests = files.SelectMany(file => XDocument.Load(file).Descendants("test")).Select(Test.Read).ToList();

var complete = Report("Scenario", Enumerable.Range(1, 70).Select(number => $"S{number:00}"));
complete &= Report("Bug", Enumerable.Range(1, 75).Select(number => $"B{number}"));

return args.Contains("--all") && !complete ? 1 : 0;

bool Report(string trait, IEnumerable<string> names)
{
    var known = names.ToList();
    var coverage = known.Select(name => (Name: name, Coverage: Coverage.Of(tests.Where(test => test.Has(trait, name))))).ToList();

    Console.WriteLine($"{trait}s");
    foreach (var (name, covered) in coverage.Where(entry => entry.Coverage.Any))
    {
        Console.WriteLine($"  {name,-4} {covered}");
    }

    Console.WriteLine($"  without a test: {string.Join(' ', coverage.Where(entry => !entry.Coverage.Any).Select(entry => entry.Name).DefaultIfEmpty("none"))}");

    // A mistyped name would otherwise vanish.
    var unknown = tests.SelectMany(test => test.Values(trait)).Distinct().Except(known).Order().ToList();
    if (unknown.Count > 0)
    {
        Console.WriteLine($"  unknown: {string.Join(' ', unknown)}");
    }

    var done = coverage.Count(entry => entry.Coverage.Complete);
    Console.WriteLine($"  {done} of {known.Count} pass on both databases");
    Console.WriteLine();
    return done == known.Count && unknown.Count == 0;
}

// Not from the path of this file: a build server's compiler does not know it.
static string RepositoryRoot()
{
    var folder = new DirectoryInfo(Directory.GetCurrentDirectory());
    while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "WorkManager.sln")))
    {
        folder = folder.Parent;
    }

    return folder?.FullName ?? throw new DirectoryNotFoundException("Run this inside the repository.");
}

// Test classes are named after their database, which a test of its own enforces.
internal sealed record Test(string Class, string Result, ILookup<string, string> Traits)
{
    public bool OnSqlite => !Class.EndsWith("OnPostgreSql", StringComparison.Ordinal);

    public bool OnPostgreSql => !Class.EndsWith("OnSqlite", StringComparison.Ordinal);

    public static Test Read(XElement test) => new(
        (string)test.Attribute("type")!,
        (string)test.Attribute("result")!,
        test.Descendants("trait").ToLookup(trait => (string)trait.Attribute("name")!, trait => (string)trait.Attribute("value")!));

    public IEnumerable<string> Values(string trait) => Traits[trait];

    public bool Has(string trait, string value) => Values(trait).Contains(value);
}

internal sealed record Coverage(int Sqlite, int PostgreSql, int Failing, int Skipped)
{
    public bool Any => Sqlite + PostgreSql + Failing + Skipped > 0;

    public bool Complete => Sqlite > 0 && PostgreSql > 0 && Failing == 0;

    public static Coverage Of(IEnumerable<Test> tests)
    {
        var all = tests.ToList();
        var passing = all.Where(test => test.Result == "Pass").ToList();
        return new(
            passing.Count(test => test.OnSqlite),
            passing.Count(test => test.OnPostgreSql),
            all.Count(test => test.Result == "Fail"),
            all.Count(test => test.Result == "Skip"));
    }

    public override string ToString() => string.Join(", ", Parts());

    private IEnumerable<string> Parts()
    {
        yield return (Sqlite, PostgreSql) switch
        {
            (0, 0) => "nothing passes",
            (_, 0) => $"ONLY sqlite ({Sqlite} passing)",
            (0, _) => $"ONLY postgres ({PostgreSql} passing)",
            _ => $"both ({Sqlite} × sqlite, {PostgreSql} × postgres)",
        };
        if (Failing > 0)
        {
            yield return $"{Failing} FAILING";
        }

        if (Skipped > 0)
        {
            yield return $"{Skipped} skipped";
        }
    }
}
