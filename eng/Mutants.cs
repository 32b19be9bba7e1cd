// Plants known bugs, one at a time, and says whether the tests find each of them.
//
//   dotnet run eng/Mutants.cs [-- name …]
//
// Works on a copy of what is committed, so the working tree stays as it is. A mutant that the named tests do not find is tried on the whole suite of
// tests/WorkManager.Tests. The last line is the sum; the exit code is 1 if one survived.
using System.Diagnostics;
using System.Text.RegularExpressions;

var root = Read("git", ".", "rev-parse", "--show-toplevel");
var copy = Path.Combine(Path.GetTempPath(), $"workmanager-mutants-{Environment.ProcessId}");
var survived = new List<string>();
var mutants = Directory.GetFiles(Path.Combine(root, "eng/mutants"), "*.mutant").Order(StringComparer.Ordinal).Select(Mutant.Read)
    .Where(m => args.Length == 0 || args.Contains(m.Name)).ToList();
Read("git", root, "worktree", "add", "--detach", copy, "HEAD");
try
{
    if (!Succeeds("dotnet", copy, "build", "tests/WorkManager.Tests", "-c", "Release", "-v", "quiet"))
    {
        Console.Error.WriteLine("error: the tests do not build.");
        return 2;
    }

    foreach (var (mutant, i) in mutants.Select((mutant, i) => (mutant, i)))
    {
        var verdict = Try(mutant);
        Console.WriteLine($"{i + 1,3} of {mutants.Count}  {verdict,-26} {mutant.Name}: {mutant.What}");
    }
}
finally
{
    Read("git", root, "worktree", "remove", "--force", copy);
}

Console.WriteLine($"{mutants.Count - survived.Count} caught, {survived.Count} survived{(survived.Count == 0 ? "" : $": {string.Join(", ", survived)}")}");
return survived.Count == 0 ? 0 : 1;

string Try(Mutant mutant)
{
    var file = Path.Combine(copy, mutant.File);
    var text = File.ReadAllText(file);
    if (text.Split(mutant.Old).Length != 2)
    {
        survived.Add(mutant.Name);
        return "does not fit the code";
    }

    try
    {
        File.WriteAllText(file, text.Replace(mutant.Old, mutant.New, StringComparison.Ordinal));
        if (!Succeeds("dotnet", copy, "build", "tests/WorkManager.Tests", "-c", "Release", "-v", "quiet", "--no-restore"))
        {
            survived.Add(mutant.Name);
            return "does not build";
        }

        if (!Tests([.. mutant.Tests.SelectMany(t => (string[])["--filter-class", $"WorkManager.Tests.{t}"])]))
        {
            return "caught";
        }

        if (!Tests([]))
        {
            return "caught by the whole suite";
        }

        survived.Add(mutant.Name);
        return "SURVIVED";
    }
    finally
    {
        File.WriteAllText(file, text);
    }
}

bool Tests(string[] filter) => Succeeds(
    "dotnet", Path.Combine(copy, "tests/WorkManager.Tests"), ["run", "-c", "Release", "--no-build", "--", "--stop-on-fail", "on", .. filter]);

static bool Succeeds(string program, string folder, params string[] arguments)
{
    var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
    using var process = Process.Start(start)!;
    var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    process.WaitForExit();
    Task.WaitAll(output, errors);
    return process.ExitCode == 0;
}

static string Read(string program, string folder, params string[] arguments)
{
    var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
    using var process = Process.Start(start)!;
    var output = process.StandardOutput.ReadToEnd().Trim();
    process.WaitForExit();
    return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed.");
}

/// <summary>A bug: what stands in a file, and what to put in its place.</summary>
internal sealed partial record Mutant(string Name, string What, string File, string[] Tests, string Old, string New)
{
    public static Mutant Read(string path)
    {
        var match = Form().Match(System.IO.File.ReadAllText(path));
        return match.Success
            ? new(
                Path.GetFileNameWithoutExtension(path), match.Groups["what"].Value, match.Groups["file"].Value, match.Groups["tests"].Value.Split(' '),
                match.Groups["old"].Value, match.Groups["new"].Value)
            : throw new FormatException($"{path} is not a mutant: what, file, tests, ---, the old text, ===, the new text.");
    }

    [GeneratedRegex(@"\Awhat: (?<what>.*)\nfile: (?<file>.*)\ntests: (?<tests>.*)\n---\n(?<old>.*?)\n===\n(?<new>.*?)\n?\z", RegexOptions.Singleline)]
    private static partial Regex Form();
}
