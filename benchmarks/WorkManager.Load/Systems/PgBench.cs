using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using WorkManager.Load.Databases;
using WorkManager.Load.Measuring;

namespace WorkManager.Load.Systems;

/// <summary>The SQL of the limit, sent by PostgreSQL's own load program: says whether the limit is one of the database, or of this program.</summary>
internal static partial class PgBench
{
    private static readonly Dictionary<string, string> Constants = new()
    {
        ["holder"] = Documents.Agent, ["seconds"] = Documents.LeaseSeconds.ToString(CultureInfo.InvariantCulture),
        ["agent"] = Documents.CheckedOut, ["agent_hash"] = Documents.CheckedOutHash, ["result"] = Documents.Result, ["result_hash"] = Documents.ResultHash,
        ["payload"] = Documents.Submitted, ["payload_hash"] = Documents.SubmittedHash,
        ["nothing_hash"] = Documents.NothingHash, ["all_hash"] = Documents.AllSubmittedHash,
    };

    /// <summary>Checks out and submits, by the files of these names.</summary>
    public static async Task<Round> RunAsync(PostgreSqlDatabase database, string checkout, string submit, int callers, int operations, int itemsPerOperation)
    {
        var script = Path.GetTempFileName();
        try
        {
            // What the checkout returns becomes the variables of the submit.
            await File.WriteAllTextAsync(script, $"{WithVariables(checkout)} \\gset\n{WithVariables(submit)};\n");
            var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
            string[] arguments =
            [
                "--no-vacuum", "--protocol=prepared", "--file", script, "--max-tries=100",
                $"--client={callers}", $"--jobs={Math.Min(callers, Environment.ProcessorCount)}", $"--transactions={operations / callers}",
                .. Constants.Append(new("count", itemsPerOperation.ToString(CultureInfo.InvariantCulture))).Select(c => $"--define={c.Key}={c.Value}"),
                $"--host={connection.Host}", $"--port={connection.Port}", $"--username={connection.Username}", connection.Database!,
            ];
            var start = new ProcessStartInfo(PostgreSqlServer.PathOf("pgbench"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PGPASSWORD"] = connection.Password;
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 && Rate().Match(output) is { Success: true } rate
                ? new Round(double.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture) * itemsPerOperation, [], null, FindRetries(output))
                : throw new InvalidOperationException($"pgbench failed:{Environment.NewLine}{output}{await errors}");
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static string WithVariables(string file) => SqlFile.WithVariables(SqlFile.Read("postgresql", file));

    private static int FindRetries(string output) =>
        Retries().Match(output) is { Success: true } retries ? int.Parse(retries.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"total number of retries: (\d+)")]
    private static partial Regex Retries();

    [GeneratedRegex(@"tps = ([\d.]+) \(without")]
    private static partial Regex Rate();
}
