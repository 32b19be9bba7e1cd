namespace WorkManager.Package.Tests;

/// <summary>
/// The applications of a class of tests, one after the other in one folder. They differ in their databases and builds, so one process runs the programs of
/// all that have the same version of the package.
/// </summary>
public sealed class InstalledHosts(PackedPackage package, EfPrograms programs) : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly SharedEfSession session = new(InstalledHost.Project);
    private string? restored;
    private int builds;

    public void Dispose()
    {
        session.Dispose();
        folder.Dispose();
    }

    /// <summary>The application as it was first written, on a database of its own; it is not built yet.</summary>
    internal async Task<InstalledHost> CreateAsync(TestDatabase database)
    {
        var commandLine = folder.HostCommandLine(database.Provider, package.Version, database);
        if (builds == 0)
        {
            folder.CopyHosts(package);
            await commandLine.DotNetAsync("tool", "restore");
        }
        else
        {
            folder.PutBackHosts(InstalledHost.Project, "Shared");
        }

        return new(this, folder, commandLine, new(commandLine, InstalledHost.Project, InstalledHost.Project, programs, session));
    }

    /// <summary>Builds what is in the folder now, with the version of the package that the environment names.</summary>
    /// <returns>The name of the assembly: two of one name cannot be loaded into one process.</returns>
    internal async Task<string> BuildAsync(CommandLine commandLine)
    {
        var assembly = $"{InstalledHost.Project}{++builds}";
        var version = commandLine.Environment["WorkManagerVersion"];
        commandLine.Environment["HostAssembly"] = assembly;
        await commandLine.BuildAsync([InstalledHost.Project, .. version == restored ? ["--no-restore"] : Array.Empty<string>()]);
        restored = version;
        return assembly;
    }
}
