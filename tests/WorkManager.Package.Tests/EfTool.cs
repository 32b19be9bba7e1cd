namespace WorkManager.Package.Tests;

/// <summary>
/// <c>dotnet ef</c> for one context of one project, as somebody runs it who has just built. The first command goes through the tool, which asks
/// MSBuild about the projects; later ones run the program that the tool ran, with what it found out: most of the time of a command is MSBuild's.
/// </summary>
internal sealed class EfTool(string project, string startupProject, params string[] context)
{
    private (string[] Before, string[] After)? program;

    public async Task<(int ExitCode, string Output)> TryAsync(CommandLine commandLine, params string[] arguments)
    {
        if (program is ({ } before, { } after))
        {
            return await commandLine.TryDotNetAsync([.. before, .. arguments, .. context, .. after]);
        }

        var result = await commandLine.TryDotNetAsync(Line([.. arguments, "--verbose"]));
        program = Parse(result.Output);
        return result;
    }

    public async Task<string> RunAsync(CommandLine commandLine, params string[] arguments)
    {
        var (exitCode, output) = await TryAsync(commandLine, arguments);
        Assert.True(exitCode == 0, $"dotnet ef {string.Join(' ', arguments)} ended with {exitCode}:\n{output}");
        return output;
    }

    /// <summary>The arguments of <c>dotnet</c> for a command that goes through the tool.</summary>
    public string[] Line(params string[] arguments) =>
        ["ef", .. arguments, "--no-build", "--project", project, "--startup-project", startupProject, .. context];

    private static (string[] Before, string[] After)? Parse(string output)
    {
        if (output.Split('\n').SingleOrDefault(l => l.StartsWith("dotnet exec ", StringComparison.Ordinal)) is not { } line)
        {
            return null;
        }

        var words = line.Trim().Split(' ')[1..];
        var end = Array.FindIndex(words, w => w.EndsWith("ef.dll", StringComparison.Ordinal)) + 1;
        return (words[..end], [.. words[Array.IndexOf(words, "--assembly")..].Where(w => w != "--verbose")]);
    }
}
