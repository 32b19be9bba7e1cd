namespace WorkManager.Package.Tests;

/// <summary>
/// A session for several applications of the same framework, one after the other. <c>ef</c> finds the assemblies of each in the folder of that application.
/// </summary>
/// <param name="rootNamespace">The root namespace of all of them; null if it is the name of each.</param>
internal sealed class SharedEfSession(string? rootNamespace = null) : IDisposable
{
    // EF Core keeps what it builds for different options, and refuses to go on in a process that has too many of them.
    private const int MostProjects = 5;

    private readonly HashSet<string> projects = [];
    private EfSession? session;
    private string? package;

    public EfSession For(string project, CommandLine commandLine, EfProgram program)
    {
        var version = commandLine.Environment["WorkManagerVersion"];
        if (version != package || (!projects.Contains(project) && projects.Count == MostProjects))
        {
            Forget();
        }

        package = version;
        projects.Add(project);

        // Where a first migration goes, WorkManager reads from the command line of `ef`.
        return session ??= new(commandLine, program, rootNamespace is null ? [] : ["--root-namespace", rootNamespace]);
    }

    /// <summary>The applications are built anew: the next command shall not work with the assemblies of the last.</summary>
    public void Forget()
    {
        session?.Dispose();
        session = null;
        projects.Clear();
    }

    public void Dispose() => Forget();
}
