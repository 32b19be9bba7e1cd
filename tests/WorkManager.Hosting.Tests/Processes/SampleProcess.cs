using System.Diagnostics;

namespace WorkManager.Hosting.Tests.Processes;

/// <summary>The program <c>WorkManager.Sample.Workers</c> at work on a test's database.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    /// <summary>How many items a host works on at once, as the sample's settings say.</summary>
    public const int Places = 8;

    private readonly Process process;
    private readonly Task<string> output;
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Uri? address;

    private SampleProcess(Process process)
    {
        this.process = process;
        output = ReadAsync();
    }

    /// <summary>Settings with which failed attempts cost seconds, not minutes. Leases last long: that of a process that has to wait for a processor, too.</summary>
    public static string[] Fast { get; } =
    [
        "--WorkManager:Retry:Backoff", "00:00:01", "--WorkManager:Retry:Jitter", "00:00:00", "--WorkManager:Lease:HeartbeatEvery", "00:00:01",
    ];

    /// <summary>The leases of a host that will be killed: others take its work after them.</summary>
    public static string[] ShortLeases { get; } = ["--Workers:WordCounts:LeaseTime", "00:00:20"];

    /// <summary>Where it says how it is.</summary>
    public Uri Address => address ?? throw new InvalidOperationException("It has not said where it listens.");

    public bool HasEnded => process.HasExited;

    /// <summary>A host that works until it is ended; returns once it has begun.</summary>
    public static async Task<SampleProcess> StartAsync(TestDatabase database, params string[] arguments)
    {
        var started = Begin(database, arguments);
        await Task.WhenAny(started.begun.Task, started.output);
        Assert.True(started.begun.Task.IsCompleted, await Text(started));
        return started;

        static async Task<string> Text(SampleProcess ended) => ended.begun.Task.IsCompleted ? "" : await ended.output;
    }

    /// <summary>Runs the program to its end, and returns its exit code and what it printed.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(TestDatabase database, params string[] arguments)
    {
        await using var run = Begin(database, arguments);
        await run.process.WaitForExitAsync();
        return (run.process.ExitCode, await run.output);
    }

    /// <summary>Ends it as a power cut would: SIGKILL, no clean-up of any kind.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Asks it to end, as a service manager does.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("sh", ["-c", $"kill -TERM {process.Id}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> WaitForEndAsync(TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit);
        await process.WaitForExitAsync(late.Token);
        Assert.Equal(0, process.ExitCode);
        return await output;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private static SampleProcess Begin(TestDatabase database, string[] arguments)
    {
        // The build puts each program in a folder of its project.
        var project = Path.Combine("samples", "WorkManager.Sample.Workers");
        var program = Path.Combine(
            AppContext.BaseDirectory.Replace(Path.Combine("tests", "WorkManager.Hosting.Tests"), project, StringComparison.Ordinal),
            "WorkManager.Sample.Workers.dll");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__news"] = database.ConnectionString;
        // It lives for a few seconds: a better compilation of its methods would come too late.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        return new SampleProcess(Process.Start(start)!);
    }

    private async Task<string> ReadAsync()
    {
        var errors = process.StandardError.ReadToEndAsync();
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            const string listening = "Now listening on: ";
            if (line.IndexOf(listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                address = new Uri(line[(at + listening.Length)..]);
            }

            if (line.Contains("Application started", StringComparison.Ordinal))
            {
                begun.TrySetResult();
            }
        }

        return string.Join('\n', [.. lines, await errors]);
    }
}
