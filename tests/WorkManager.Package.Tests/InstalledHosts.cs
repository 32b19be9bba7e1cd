namespace WorkManager.Package.Tests;

/// <summary>
/// The applications of a class of tests. They differ in their folders, databases and builds, so the tool is asked once what it runs, and one process runs
/// the programs of all that have the same version of the package.
/// </summary>
public sealed class InstalledHosts(PackedPackage package) : IDisposable
{
    private readonly SharedEfSession session = new(InstalledHost.Project);
    private (EfTool Tool, string Folder)? first;
    private int builds;

    public void Dispose() => session.Dispose();

    /// <summary>An application on a database of its own; it is not built yet.</summary>
    internal InstalledHost Create(TestDatabase database) => new(this, package, database);

    /// <summary>The name of the assembly of the next build: two of one name cannot be loaded into one process.</summary>
    internal string NextAssembly() => $"{InstalledHost.Project}{++builds}";

    internal EfTool Ef(string folder, CommandLine commandLine)
    {
        if (first is var (tool, firstFolder))
        {
            return tool.In(firstFolder, commandLine, folder);
        }

        first = (new(commandLine, InstalledHost.Project, InstalledHost.Project, session), folder);
        return first.Value.Tool;
    }
}
