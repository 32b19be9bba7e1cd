using System.Text.RegularExpressions;

namespace WorkManager.Package.Tests;

/// <summary>
/// Somebody with nothing but a clone and an empty folder, who followed a page as it is printed, up to where it goes on to PostgreSQL.
/// The page says in words what is to be done with a block of code: these are the only words that the newcomer understands.
/// </summary>
public abstract partial class Newcomer : IAsyncLifetime
{
    private const string PostgreSqlHeading = "On PostgreSQL";

    private readonly ScratchFolder folder = new();
    private readonly string whereLinesEnded;
    private readonly IReadOnlyList<TutorialStep> steps;
    private string workingFolder;

    protected Newcomer(PackedPackage package, string page)
    {
        ArgumentNullException.ThrowIfNull(package);
        steps = Tutorial.Read(page);
        Version = $"{package.Version}.clone";
        workingFolder = folder.FullName;
        whereLinesEnded = folder.PathOf("where-lines-ended");
    }

    /// <summary>What the newcomer packs: no cache has that.</summary>
    public string Version { get; }

    /// <summary>What the program printed.</summary>
    public string Output { get; private set; } = "";

    /// <summary>What the page says that it prints.</summary>
    public string PrintedOutput => steps.Single(step => step.Language == "text").Text;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(folder.PathOf("home"));
        Directory.CreateSymbolicLink(folder.PathOf("WorkManager"), Repository.Root);
        await FollowAsync(steps.Where(step => step.Heading != PostgreSqlHeading));
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Goes on to PostgreSQL.</summary>
    public async Task MoveToAsync(TestDatabase database) => await FollowAsync(steps
        .Where(step => step.Heading == PostgreSqlHeading)
        .Select(step => step with { Text = ConnectionString().Replace(step.Text, database.ConnectionString) }));

    public string Read(string path) => folder.Read(path);

    public async Task<string> RunAsync() => SaidByTheCommand().Replace(await BashAsync("dotnet run\n"), "");

    private async Task FollowAsync(IEnumerable<TutorialStep> steps)
    {
        foreach (var step in steps)
        {
            await (step.Language switch
            {
                "bash" => BashAsync(step.Text),
                "csharp" or "json" => WriteAsync(step),
                "text" when step.Paragraph == "`dotnet run` prints:" => KeepOutputAsync(),
                _ => throw new InvalidOperationException($"The page has a block that nobody can follow: {step}"),
            });
        }
    }

    private async Task KeepOutputAsync() => Output = await RunAsync();

    private async Task WriteAsync(TutorialStep step)
    {
        if (ReplaceLine().Match(step.Paragraph) is { Success: true } replace)
        {
            var file = Path.Combine(workingFolder, replace.Groups["file"].Value);
            var lines = await File.ReadAllLinesAsync(file);
            var line = Array.IndexOf(lines, lines.Single(l => l.Contains(replace.Groups["line"].Value, StringComparison.Ordinal)));
            lines[line] = step.Text;
            await File.WriteAllLinesAsync(file, lines);
        }
        else if (Append().Match(step.Paragraph) is { Success: true } append)
        {
            await File.AppendAllTextAsync(Path.Combine(workingFolder, append.Groups["file"].Value), "\n" + step.Text);
        }
        else if (Write().Match(step.Paragraph) is { Success: true } write)
        {
            await File.WriteAllTextAsync(Path.Combine(workingFolder, write.Groups["file"].Value), step.Text);
        }

        // A block of code that no file is named for shows what could be done instead.
    }

    /// <summary>Runs lines where the last ones ended.</summary>
    private async Task<string> BashAsync(string lines)
    {
        var commandLine = new CommandLine(workingFolder)
        {
            Environment =
            {
                ["HOME"] = folder.PathOf("home"),

                // No package is loaded twice, and nothing of WorkManager is taken that was there before.
                ["NUGET_PACKAGES"] = folder.PathOf("home/.nuget/packages"),
                ["NUGET_FALLBACK_PACKAGES"] = Repository.PackageCache,
            },
        };

        // What has been built already is packed.
        lines = Pack().Replace(lines, $"$1 -c {Repository.Configuration} --no-build -p:PackageVersion={Version}");
        var output = await commandLine.BashAsync($"trap 'pwd > {whereLinesEnded}' EXIT\n{lines}");
        workingFolder = (await File.ReadAllTextAsync(whereLinesEnded)).TrimEnd('\n');
        return output;
    }

    // What the command says, not the program.
    [GeneratedRegex(@"\A(?:(?:Using launch settings from .+|Building\.\.\.)\n)+")]
    private static partial Regex SaidByTheCommand();

    [GeneratedRegex("(dotnet pack WorkManager/src/[^ ]+) -c Release")]
    private static partial Regex Pack();

    [GeneratedRegex("Replace the line with `(?<line>[^`]+)` in `(?<file>[^`]+)`:$")]
    private static partial Regex ReplaceLine();

    [GeneratedRegex("Append to `(?<file>[^`]+)`:$")]
    private static partial Regex Append();

    [GeneratedRegex("`(?<file>[^`]+)`:$")]
    private static partial Regex Write();

    [GeneratedRegex("Host=[^\"]+")]
    private static partial Regex ConnectionString();
}
