namespace WorkManager.Package.Tests;

/// <summary>
/// A session for several applications of the same framework, one after the other. <c>ef</c> finds the assemblies of each in the folder of that application.
/// </summary>
internal sealed class SharedEfSession : IDisposable
{
    // EF Core keeps what it builds for different options, and refuses to go on in a process that has too many of them.
    private const int MostProjects = 5;

    private readonly HashSet<string> projects = [];
    private EfSession? session;

    public EfSession For(string project, CommandLine commandLine, EfProgram program)
    {
        if (!projects.Contains(project) && projects.Count == MostProjects)
        {
            Forget();
        }

        projects.Add(project);
        return session ??= new(commandLine, program);
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
