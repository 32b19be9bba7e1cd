namespace WorkManager.Package.Tests;

/// <summary>
/// A session for several applications of the same framework, one after the other. <c>ef</c> finds the assemblies of each in the folder of that application.
/// Each version of the package has a process of its own: two assemblies of one name cannot be loaded into one.
/// </summary>
/// <param name="rootNamespace">The root namespace of all of them; null if it is the name of each.</param>
internal sealed class SharedEfSession(string? rootNamespace = null) : IDisposable
{
    private readonly Dictionary<string, EfSession> sessions = [];

    public EfSession For(CommandLine commandLine, EfProgram program)
    {
        var version = commandLine.Environment["WorkManagerVersion"];
        if (!sessions.TryGetValue(version, out var session))
        {
            // Where a first migration goes, WorkManager reads from the command line of `ef`.
            sessions[version] = session = new(commandLine, program, rootNamespace is null ? [] : ["--root-namespace", rootNamespace]);
        }

        return session;
    }

    /// <summary>The applications are built anew: the next command shall not work with the assemblies of the last.</summary>
    public void Forget()
    {
        foreach (var session in sessions.Values)
        {
            session.Dispose();
        }

        sessions.Clear();
    }

    public void Dispose() => Forget();
}
