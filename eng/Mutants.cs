// Plants known bugs, one at a time, and says whether the tests find each of them.
//
//   dotnet run eng/Mutants.cs [-- [--narrow] name …]
//
// A bug of a package is tried on the tests that it names, and on all of tests/<package>.Tests if those do not find it; with --narrow only on the former. A
// name may end with *. The last line is the sum; the exit code is 1 if a bug was not found, or could not be planted.
//
// It works on a copy of what is committed, in artifacts/mutants, so the working tree stays as it is. The copy is kept: the next run builds only what changed.
// For a bug only the packages are built, and laid beside the tests that are built already; the next one is built meanwhile.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

// A planted bug may let a test spin: it must not go on when this ends.
var running = new ConcurrentDictionary<Process, bool>();
AppDomain.CurrentDomain.ProcessExit += (_, _) => running.Keys.ToList().ForEach(p => p.Kill(entireProcessTree: true));

var root = Git(".", "rev-parse", "--show-toplevel");
var copy = Path.Combine(root, "artifacts/mutants");
var names = args.Where(a => a != "--narrow").ToList();
var mutants = Directory.GetFiles(Path.Combine(root, "eng/mutants"), "*.mutant").Order(StringComparer.Ordinal).Select(Mutant.Read)
    .Where(m => names.Count == 0 || names.Exists(n => n == m.Name || (n.EndsWith('*') && m.Name.StartsWith(n[..^1], StringComparison.Ordinal)))).ToList();
if (mutants.Count == 0)
{
    Console.Error.WriteLine("error: no mutant has such a name.");
    return 2;
}

Directory.CreateDirectory(Path.Combine(root, "artifacts"));
using var alone = Lock(copy + ".lock");
if (Directory.Exists(copy))
{
    Git(copy, "checkout", "--force", "--detach", Git(root, "rev-parse", "HEAD"));
}
else
{
    Git(root, "worktree", "prune");
    Git(root, "worktree", "add", "--detach", copy, "HEAD");
}

string[] fast = ["-c", "Release", "-v", "quiet", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false", "-p:UseSharedCompilation=true"];
string[] onlyThePackages = ["-p:GenerateDocumentationFile=false", "-p:ProduceReferenceAssembly=false", "-p:DebugType=none"];
foreach (var tests in mutants.Select(m => $"tests/{m.Package}.Tests").Distinct())
{
    var built = Run("dotnet", copy, TimeSpan.FromHours(1), ["build", tests, .. fast]);
    if (built.ExitCode != 0)
    {
        Console.Error.WriteLine($"error: {tests} does not build.\n{built.Output}");
        return 2;
    }
}

// It is built on the library, so that both are built with it.
const string packages = "src/WorkManager.Hosting";
string[] assemblies = ["WorkManager.dll", "WorkManager.Hosting.dll"];
var missed = new List<string>();
var clock = Stopwatch.StartNew();
var next = Task.Run(() => Make(mutants[0]));
foreach (var (mutant, i) in mutants.Select((mutant, i) => (mutant, i)))
{
    var problem = await next;
    if (problem is null)
    {
        foreach (var used in assemblies
            .SelectMany(assembly => Directory.GetFiles(Path.Combine(copy, "tests"), assembly, SearchOption.AllDirectories))
            .Where(f => f.Contains("/bin/Release/", StringComparison.Ordinal)))
        {
            File.Copy(Path.Combine(copy, packages, "bin/Release/net10.0", Path.GetFileName(used)), used, overwrite: true);
        }
    }

    if (i + 1 < mutants.Count)
    {
        next = Task.Run(() => Make(mutants[i + 1]));
    }

    var (isCaught, verdict) = problem is null ? Try(mutant) : (false, problem);
    if (!isCaught)
    {
        missed.Add(mutant.Name);
    }

    Console.WriteLine($"{i + 1,3} of {mutants.Count}  {mutant.Name}: {mutant.What}\n            {verdict} ({clock.Elapsed.TotalSeconds:F0} s)");
    clock.Restart();
}

Console.WriteLine($"{mutants.Count - missed.Count} caught, {missed.Count} not{(missed.Count == 0 ? "" : $": {string.Join(", ", missed)}")}");
return missed.Count == 0 ? 0 : 1;

// Builds the packages with a bug. Returns why that was not possible.
string? Make(Mutant mutant)
{
    var file = Path.Combine(copy, mutant.File);
    var text = File.ReadAllText(file);
    if (text.Split(mutant.Old).Length != 2)
    {
        return $"does not fit: what it replaces stands {text.Split(mutant.Old).Length - 1} times in {mutant.File}";
    }

    try
    {
        File.WriteAllText(file, text.Replace(mutant.Old, mutant.New, StringComparison.Ordinal));
        string[] build = ["build", packages, "--no-restore", .. fast, .. onlyThePackages];
        var (exitCode, output) = Run("dotnet", copy, TimeSpan.FromHours(1), build);
        if (exitCode != 0 && Errors(output).Length == 0)
        {
            // The end of a build that succeeded may get lost on its way from MSBuild's server (github.com/dotnet/msbuild/issues/14172).
            (exitCode, output) = Run("dotnet", copy, TimeSpan.FromHours(1), build);
        }

        return exitCode == 0 ? null : "does not build: " + string.Join(" ", Errors(output).Take(2));
    }
    finally
    {
        File.WriteAllText(file, text);
    }
}

static string[] Errors(string output) => [.. output.Split('\n').Where(l => l.Contains("error ", StringComparison.Ordinal)).Distinct()];

(bool IsCaught, string Verdict) Try(Mutant mutant)
{
    string[] narrow = [.. mutant.Tests.SelectMany(t => (string[])["--filter-class", $"{mutant.Package}.Tests.{t}"])];
    var (isCaught, verdict) = RunTests(mutant.Package, narrow);
    if (isCaught)
    {
        return (true, $"caught by {verdict}");
    }

    if (verdict.Length > 0 || args.Contains("--narrow"))
    {
        return (false, verdict.Length > 0 ? verdict : "SURVIVED the tests that it names");
    }

    // Some of all the tests read the sources: none of them must see the next bug.
    next.Wait();
    (isCaught, verdict) = RunTests(mutant.Package, []);
    return isCaught ? (true, $"caught by the whole suite only: {verdict}") : (false, verdict.Length > 0 ? verdict : "SURVIVED");
}

// Whether a test failed, and the first that did; or why they could not be run.
(bool IsCaught, string Verdict) RunTests(string package, string[] filter)
{
    const int allPassed = 0, someFailed = 2;
    var tests = Path.Combine(copy, $"tests/{package}.Tests");
    var (exitCode, output) = Run(
        Path.Combine(tests, $"bin/Release/net10.0/{package}.Tests"), tests, TimeSpan.FromMinutes(filter.Length > 0 ? 6 : 60),
        [
            "--results-directory", Path.Combine(copy, "artifacts/test-results"), "--progress", "off", "--stop-on-fail", "on",
            // To enumerate the theories of all classes takes as long as the tests of one.
            "--pre-enumerate-theories", "off",
            // It would say of each bug that it is planted already.
            "--filter-not-class", "WorkManager.Tests.Architecture.PlantedBugs", .. filter,
        ]);
    return exitCode switch
    {
        allPassed => (false, ""),
        someFailed => (true, Regex.Match(output, @"^failed (?<test>.+?)( \([\d\w ]+\))?\r?$", RegexOptions.Multiline).Groups["test"].Value),
        null => (true, "a test that does not end"),
        _ => (false, $"the tests do not run (exit code {exitCode}): {output[^Math.Min(output.Length, 500)..]}"),
    };
}

string Git(string folder, params string[] arguments)
{
    var (exitCode, output) = Run("git", folder, TimeSpan.FromMinutes(10), arguments);
    return exitCode == 0 ? output.Trim() : throw new InvalidOperationException($"git {string.Join(' ', arguments)} failed: {output}");
}

// The exit code is null if the program was stopped because it took too long.
(int? ExitCode, string Output) Run(string program, string folder, TimeSpan most, params string[] arguments)
{
    var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };

    // The start of MSBuild takes a third of the time of a build.
    start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "1";
    using var process = new Process { StartInfo = start };
    var ended = new CountdownEvent(2);
    var output = new StringBuilder();
    process.OutputDataReceived += Read;
    process.ErrorDataReceived += Read;
    process.Start();
    running[process] = true;
    process.BeginOutputReadLine();
    process.BeginErrorReadLine();
    var hasExited = process.WaitForExit(most);
    if (!hasExited)
    {
        process.Kill(entireProcessTree: true);
    }

    running.TryRemove(process, out _);

    // A build leaves servers behind, which keep its output open. What they write is not waited for.
    ended.Wait(TimeSpan.FromSeconds(2));
    lock (output)
    {
        return (hasExited ? process.ExitCode : null, output.ToString());
    }

    void Read(object sender, DataReceivedEventArgs line)
    {
        lock (output)
        {
            _ = line.Data is null ? ended.IsSet || ended.Signal() : output.AppendLine(line.Data).Length > 0;
        }
    }
}

static FileStream Lock(string path)
{
    try
    {
        return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }
    catch (IOException)
    {
        throw new InvalidOperationException("Another run is planting bugs here. There can be one at a time.");
    }
}

/// <summary>A bug: what stands in a file, and what to put in its place.</summary>
internal sealed partial record Mutant(string Name, string What, string File, string[] Tests, string Old, string New)
{
    /// <summary>The package whose file it is.</summary>
    public string Package => File.Split('/')[1];

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
