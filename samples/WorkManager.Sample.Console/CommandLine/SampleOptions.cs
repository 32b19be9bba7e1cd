using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Countries.CommandLine;

/// <summary>The command line of the sample.</summary>
/// <param name="Postgres">The connection string of a PostgreSQL database; null for SQLite.</param>
/// <param name="Message">What to print instead of running; null to run.</param>
/// <param name="ExitCode">The exit code when there is a message.</param>
internal sealed record SampleOptions(string? Postgres = null, string? Message = null, int ExitCode = 0)
{
    private const string Usage = """
        Brings a table of countries up to date with their time zones: proposed as work orders, worked on by three agents,
        reviewed by a person, applied in the database. Ends with 0 if the database holds what it should, else with 1.

        Usage: dotnet run --project samples/WorkManager.Sample.Console [-- <options>]

          --postgres "<connection string>"   Run on this PostgreSQL database instead of SQLite. Best an empty one: the tables
                                             are created, and the rows of the table "countries" are replaced.
          --help                             Print this.
        """;

    public static SampleOptions Parse(string[] args) => args switch
    {
        [] => new SampleOptions(),
        ["--help" or "-h" or "-?"] => new SampleOptions(Message: Usage),
        ["--postgres", { Length: > 0 } connectionString] when IsConnectionString(connectionString) => new SampleOptions(connectionString),
        // dotnet ef starts the program to find its services, and adds arguments of its own to those that follow its `--`.
        _ when EF.IsDesignTime => new SampleOptions(args.SkipWhile(a => a != "--postgres").Skip(1).FirstOrDefault()),
        // Without the arguments: there may be a password among them.
        ["--postgres", ..] => NotUnderstood("--postgres takes one connection string of Npgsql."),
        _ => NotUnderstood(args[0]),
    };

    private static SampleOptions NotUnderstood(string what) =>
        new(Message: $"Not understood: {what}{Environment.NewLine}{Environment.NewLine}{Usage}", ExitCode: 2);

    private static bool IsConnectionString(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).Host is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
