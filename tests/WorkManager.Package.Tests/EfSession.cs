using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace WorkManager.Package.Tests;

/// <summary>
/// Programs of applications as they are built now, one after the other in one process of <c>WorkManager.EfSession</c>: <c>ef</c> and the application itself.
/// What they do is the same as in a process for each; their start, which takes most of their time, comes once.
/// </summary>
internal sealed class EfSession : IDisposable
{
    private readonly string end = $"end-of-command-{Guid.NewGuid():N}:";
    private readonly Process process;

    /// <param name="commandLine">Where the programs run.</param>
    /// <param name="program">What <c>dotnet ef</c> would run.</param>
    /// <param name="arguments">What a program finds at the end of the process's command line.</param>
    public EfSession(CommandLine commandLine, EfProgram program, params string[] arguments)
    {
        var session = Path.Combine(AppContext.BaseDirectory, "WorkManager.EfSession.dll");
        process = commandLine.Start("dotnet", [.. program.Before, session, end, .. arguments], withInput: true);
    }

    /// <param name="commandLine">Where it runs, and what it finds in the environment.</param>
    /// <param name="program">The path of its assembly.</param>
    /// <param name="arguments">Its arguments.</param>
    public async Task<(int ExitCode, string Output)> TryAsync(CommandLine commandLine, string program, params string[] arguments)
    {
        using var patience = CommandLine.Patience();
        var call = new { Program = program, Arguments = arguments, commandLine.Folder, commandLine.Environment };
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(call).AsMemory(), patience.Token);
        await process.StandardInput.FlushAsync(patience.Token);

        // Both at once: a program that nobody reads waits.
        var reading = (Output: ReadAsync(process.StandardOutput, patience.Token), Errors: ReadAsync(process.StandardError, patience.Token));
        var (output, exitCode) = await reading.Output;
        var (errors, _) = await reading.Errors;
        Assert.True(exitCode is not null, $"{program} {string.Join(' ', arguments)} was not finished:\n{output}{errors}");
        return (int.Parse(exitCode, CultureInfo.InvariantCulture), output + errors);
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>What a command wrote, and what stands behind the word that ends it: null if the process ended first.</summary>
    private async Task<(string Text, string? AfterEnd)> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith(end, StringComparison.Ordinal))
            {
                return (text.ToString(), line[end.Length..]);
            }

            text.Append(line).Append('\n');
        }

        return (text.ToString(), null);
    }
}
