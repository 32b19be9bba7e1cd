using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using WorkManager.Load.Databases;

namespace WorkManager.Load.Reporting;

/// <summary>Where and when it was measured: numbers mean nothing without it.</summary>
internal sealed record Machine(
    string Date, string? Commit, string Cpu, int Cores, string Memory, string OperatingSystem,
    [property: JsonPropertyName("dotnet_version")] string DotNet,
    string SqliteVersion,
    [property: JsonPropertyName("postgresql_settings")] IReadOnlyDictionary<string, string> PostgreSql)
{
    private const string CpuInfo = "/proc/cpuinfo";

    public static async Task<Machine> DescribeAsync(PostgreSqlServer server) => new(
        TimeProvider.System.GetUtcNow().ToString("u", CultureInfo.InvariantCulture),
        FindCommit(),
        FindCpu(),
        Environment.ProcessorCount,
        $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1L << 30)} GiB",
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        SqliteDatabase.Version(),
        await server.DescribeAsync());

    private static string FindCpu() => File.Exists(CpuInfo)
        ? File.ReadLines(CpuInfo).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown"
        : RuntimeInformation.ProcessArchitecture.ToString();

    private static string? FindCommit()
    {
        try
        {
            using var git = Process.Start(
                new ProcessStartInfo("git", ["describe", "--always", "--dirty"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var commit = git.StandardOutput.ReadToEnd().Trim();
            return commit.Length > 0 ? commit : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
