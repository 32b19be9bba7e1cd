using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace WorkManager.TestSupport;

/// <summary>Finds the folder with <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>.</summary>
internal static class PostgreSqlBinaries
{
    private const string Variable = "WORKMANAGER_POSTGRES_BIN";

    // Debian and its relatives keep the server out of the PATH, one folder a version.
    private const string VersionedFolders = "/usr/lib/postgresql";

    private static readonly string[] Programs = ["initdb", "pg_ctl", "postgres"];

    public static (string? Folder, string? Problem) Find()
    {
        if (OperatingSystem.IsWindows())
        {
            return (null, "The private PostgreSQL cluster needs a Unix shell: run the tests on Linux, macOS or WSL.");
        }

        return Candidates().FirstOrDefault(HasServer) is { } folder
            ? (folder, null)
            : (null, $"PostgreSQL server binaries not found: install PostgreSQL 15 or newer, or set {Variable} to the folder that holds initdb.");
    }

    private static IEnumerable<string> Candidates() =>
    [
        .. FromVariable(Variable),
        .. FromVariable("PATH"),
        .. FromPgConfig(),
        .. FromVersionedFolders(),
    ];

    private static bool HasServer(string folder) =>
        Programs.All(program => File.Exists(Path.Combine(folder, program)));

    private static string[] FromVariable(string name) =>
        Environment.GetEnvironmentVariable(name)?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static string[] FromPgConfig()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("pg_config", ["--bindir"]) { RedirectStandardOutput = true })!;
            return [process.StandardOutput.ReadToEnd().Trim()];
        }
        catch (Win32Exception)
        {
            // There is no pg_config: it belongs to the development package.
            return [];
        }
    }

    private static IEnumerable<string> FromVersionedFolders() =>
        !Directory.Exists(VersionedFolders) ? [] : Directory.GetDirectories(VersionedFolders)
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin"));
}
