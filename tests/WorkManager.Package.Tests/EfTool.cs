namespace WorkManager.Package.Tests;

/// <summary>
/// <c>dotnet ef</c> for one application, as somebody runs it who has just built. The first command for an application goes through the tool, which asks
/// MSBuild about the projects. Later ones, also in other folders and for other databases, run what the tool ran: see <see cref="EfPrograms"/>.
/// </summary>
/// <param name="commandLine">Where the commands run.</param>
/// <param name="project">The project that holds the migrations.</param>
/// <param name="startupProject">The project that is run.</param>
/// <param name="programs">What the tool runs for each application.</param>
/// <param name="shared">The process that runs the commands of several applications; null for one of its own.</param>
internal sealed class EfTool(CommandLine commandLine, string project, string startupProject, EfPrograms programs, SharedEfSession? shared = null)
    : IDisposable
{
    private EfProgram? program;
    private string? assembly;
    private EfSession? session;

    private string Assembly => assembly ?? startupProject;

    /// <summary>The same application in another environment.</summary>
    public EfTool With(CommandLine other) => new(other, project, startupProject, programs, shared) { program = program };

    /// <summary>Another application that is made in the same way, and differs in its name: MSBuild would say the same of it.</summary>
    public EfTool Like(string other) => new(commandLine, other, other, programs, shared) { program = program?.Renamed(project, other) };

    /// <summary>The application was built as an assembly of another name: a process that has loaded an earlier one takes it, too.</summary>
    public void BuiltAs(string name)
    {
        program = program?.BuiltAs(Assembly, name);
        assembly = name;
    }

    public async Task<(int ExitCode, string Output)> TryAsync(params string[] arguments)
    {
        (int, string)? asked = null;
        program ??= (await programs.FindAsync(startupProject, commandLine.Folder, async () =>
        {
            var (exitCode, output) = await commandLine.TryDotNetAsync(Line([.. arguments, "--verbose"]));
            asked = (exitCode, output);
            return EfProgram.Find(output)?.BuiltAs(Assembly, startupProject);
        }))?.BuiltAs(startupProject, Assembly);
        return asked ?? await Session(program!).TryAsync(commandLine, program!.Path, [.. arguments, .. program.After]);
    }

    /// <summary>Runs the application: in the process in which the tool's commands run, once there was one.</summary>
    public Task<(int ExitCode, string Output)> TryApplicationAsync(string path) =>
        program is null ? commandLine.TryDotNetAsync(path) : Session(program).TryAsync(commandLine, path);

    public async Task<string> RunAsync(params string[] arguments)
    {
        var (exitCode, output) = await TryAsync(arguments);
        Assert.True(exitCode == 0, $"dotnet ef {string.Join(' ', arguments)} ended with {exitCode}:\n{output}");
        return output;
    }

    /// <summary>The arguments of <c>dotnet</c> for a command that goes through the tool.</summary>
    public string[] Line(params string[] arguments) =>
        ["ef", .. arguments, "--no-build", "--project", project, "--startup-project", startupProject];

    public void Dispose() => session?.Dispose();

    private EfSession Session(EfProgram program) => shared?.For(commandLine, program) ?? (session ??= new(commandLine, program));
}
