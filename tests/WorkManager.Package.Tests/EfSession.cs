using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace WorkManager.Package.Tests;

/// <summary>
/// Commands of <c>ef</c> for an application as it is built now, one after the other in one process of <c>WorkManager.EfSession</c>. What <c>ef</c> does is
/// the same as in a process for each command; its start, which takes most of the time of a command, comes once.
/// </summary>
internal sealed class EfSession : IDisposable
{
    private readonly string end = $"end-of-command-{Guid.NewGuid():N}:";
    private readonly EfProgram program;
    private readonly Process process;

    public EfSession(CommandLine commandLine, EfProgram program)
    {
        this.program = program;
        var session = Path.Combine(AppContext.BaseDirectory, "WorkManager.EfSession.dll");
        process = commandLine.Start("dotnet", [.. program.Before, session, program.Path, end], withInput: true);
    }

    public async Task<(int ExitCode, string Output)> TryAsync(params string[] arguments)
    {
        using var patience = CommandLine.Patience();
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize<string[]>([.. arguments, .. program.After]).AsMemory(), patience.Token);
        await process.StandardInput.FlushAsync(patience.Token);

        // Both at once: a program that nobody reads waits.
        var reading = (Output: ReadAsync(process.StandardOutput, patience.Token), Errors: ReadAsync(process.StandardError, patience.Token));
        var (output, exitCode) = await reading.Output;
        var (errors, _) = await reading.Errors;
        Assert.True(exitCode is not null, $"ef {string.Join(' ', arguments)} was not finished:\n{output}{errors}");
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
