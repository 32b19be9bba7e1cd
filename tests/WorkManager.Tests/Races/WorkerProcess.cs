using System.Diagnostics;

namespace WorkManager.Tests.Races;

/// <summary>The program <c>WorkManager.RaceWorker</c> at work on a test's database.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process process;

    private WorkerProcess(Process process) => this.process = process;

    /// <summary>Starts the program and returns once it waits for <see cref="Go"/>.</summary>
    public static async Task<WorkerProcess> StartAsync(string command, Provider provider, string connectionString, params string[] arguments)
    {
        // The build puts both programs in folders that differ by their names only.
        var program = Path.Combine(
            AppContext.BaseDirectory.Replace("WorkManager.Tests", "WorkManager.RaceWorker", StringComparison.Ordinal), "WorkManager.RaceWorker.dll");
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(dotnet, [program, command, provider.ToString(), connectionString, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // It lives for a few seconds: a better compilation of its methods would come too late, and cost a third of the processor's time.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "5000";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        var worker = new WorkerProcess(Process.Start(start)!);
        await worker.WaitForAsync("ready");
        return worker;
    }

    public void Go() => process.StandardInput.WriteLine("go");

    /// <summary>Waits until the program says something.</summary>
    public async Task WaitForAsync(string expected)
    {
        var line = await ReadLineAsync();
        if (line != expected)
        {
            Assert.Fail($"The worker said '{line}' instead of '{expected}'.");
        }
    }

    /// <summary>Waits for the next line that the program says.</summary>
    public async Task<string> ReadLineAsync()
    {
        var line = await process.StandardOutput.ReadLineAsync();
        if (line is null)
        {
            Assert.Fail($"The worker has ended. {await process.StandardError.ReadToEndAsync()}");
        }

        return line;
    }

    /// <summary>Everything else that it prints, until it ends.</summary>
    public async Task<string[]> ReadToEndAsync()
    {
        var errors = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Stops it where it is, until <see cref="ContinueAsync"/>: it does not notice.</summary>
    public Task StopAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on.</summary>
    public Task ContinueAsync() => SignalAsync("CONT");

    /// <summary>Ends it as a power cut would: SIGKILL, no clean-up of any kind.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} {process.Id}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
