namespace WorkManager.Package.Tests;

/// <summary>What <c>dotnet ef</c> runs in its turn for an application: the program <c>ef</c>, and the arguments before and after those of a command.</summary>
internal sealed record EfProgram(string Path, string[] Before, string[] After)
{
    private static readonly string[] Files = [".dll", ".deps.json", ".runtimeconfig.json"];

    /// <summary>The same for an application of another name.</summary>
    public EfProgram Renamed(string from, string to)
    {
        return this with { Before = [.. Before.Select(Rename)], After = [.. After.Select(Rename)] };

        string Rename(string word) => word.Replace(from, to, StringComparison.Ordinal);
    }

    /// <summary>The same for an assembly of another name. The project keeps its own.</summary>
    public EfProgram BuiltAs(string from, string to) =>
        Files.Aggregate(this, (program, file) => program.Renamed($"{from}{file}", $"{to}{file}"));

    /// <summary>Reads it from what the tool writes with <c>--verbose</c>; null if the tool did not come that far.</summary>
    public static EfProgram? Find(string output)
    {
        if (output.Split('\n').SingleOrDefault(l => l.StartsWith("dotnet exec ", StringComparison.Ordinal)) is not { } line)
        {
            return null;
        }

        var words = line.Trim().Split(' ')[1..];
        var ef = Array.FindIndex(words, w => w.EndsWith("ef.dll", StringComparison.Ordinal));
        return new(words[ef], words[..ef], [.. words[Array.IndexOf(words, "--assembly")..].Where(w => w != "--verbose")]);
    }
}
