using System.Diagnostics;

namespace WorkManager.Package.Tests;

/// <summary>Runs <c>dotnet</c>, or lines of a shell, as a user would, in a folder of the user's.</summary>
internal sealed class CommandLine(string folder)
{
    private const string DisableNodeReuse = "MSBUILDDISABLENODEREUSE";

    // The process that stays does one build at a time. A second one beside it would start a process of its own, which costs more than to wait.
    private static readonly SemaphoreSlim OneBuild = new(1);

    public string Folder => folder;

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Ends with the test, or when a command has taken too long.</summary>
    public static CancellationTokenSource Patience()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(10));
        return patience;
    }

    /// <summary>What the command wrote. One that fails is an error with its whole output.</summary>
    public async Task<string> DotNetAsync(params string[] arguments)
    {
        var (exitCode, output) = await TryDotNetAsync(arguments);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {exitCode}:\n{output}");
        return output;
    }

    /// <summary>Builds projects, one after the other in a process that stays: half of the time of a small one is the start.</summary>
    public async Task BuildAsync(params string[] arguments)
    {
        var builder = new CommandLine(folder);
        foreach (var (name, value) in Environment)
        {
            builder.Environment[name] = value;
        }

        // It stays only if nodes may stay. There are none with one processor.
        builder.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "1";
        builder.Environment[DisableNodeReuse] = "0";
        string[] build = ["build", .. arguments, "-v", "quiet", "-m:1"];
        await OneBuild.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            var (exitCode, _) = await builder.TryDotNetAsync(build);
            if (exitCode != 0)
            {
                // Where processors are busy, the end of a build that succeeded gets lost on its way from that process (github.com/dotnet/msbuild/issues/14172).
                await DotNetAsync(build);
            }
        }
        finally
        {
            OneBuild.Release();
        }
    }

    public Task<(int ExitCode, string Output)> TryDotNetAsync(params string[] arguments) => TryAsync("dotnet", arguments);

    /// <summary>What lines of a shell wrote, up to the first that fails: that is an error with the whole output.</summary>
    public async Task<string> BashAsync(string lines)
    {
        var (exitCode, output) = await TryAsync("bash", "-e", "-c", lines);
        Assert.True(exitCode == 0, $"{lines}ended with {exitCode}:\n{output}");
        return output;
    }

    /// <summary>Starts a program with what it writes redirected, and what it reads if <paramref name="withInput"/>. The caller ends it.</summary>
    public Process Start(string program, string[] arguments, bool withInput = false)
    {
        var start = StartInfo(program, arguments);
        start.RedirectStandardInput = withInput;
        return Process.Start(start)!;
    }

    private async Task<(int ExitCode, string Output)> TryAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        using var patience = Patience();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private ProcessStartInfo StartInfo(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };

        // `dotnet test` leaves the traces of its own build to its children.
        foreach (var inherited in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        // A build node that stayed would keep the output open. A compiler that stays does not, and saves most of the time of a build.
        start.Environment[DisableNodeReuse] = "1";
        start.Environment["UseSharedCompilation"] = "true";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "true";

        // Every program here lives for a few seconds: a better compilation of its methods would come too late, and cost a third of the processor's time.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "5000";
        start.Environment["DOTNET_gcConcurrent"] = "0";

        // An application watches its settings until its process ends. A user may have 128 watchers, and many applications run in one process here.
        start.Environment["DOTNET_HOSTBUILDER__RELOADCONFIGONCHANGE"] = "false";
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
