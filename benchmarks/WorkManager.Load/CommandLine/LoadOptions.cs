namespace WorkManager.Load.CommandLine;

/// <summary>What was asked for on the command line.</summary>
/// <param name="Quick">Smaller sizes: shows that everything runs, and the order of magnitude.</param>
/// <param name="JsonFile">Where to write the results as JSON; null for nowhere.</param>
/// <param name="Postgres">A server to use instead of a private one; null for a private one.</param>
/// <param name="Only">Names of the scenarios to run; empty for all.</param>
internal sealed record LoadOptions(bool Quick, string? JsonFile, string? Postgres, IReadOnlyList<string> Only)
{
    public const string Usage = """
        Measures WorkManager against plain SQL and Hangfire, side by side.

          --quick                   smaller sizes: two minutes instead of 11 to 25
          --json FILE               writes the results as JSON, too
          --postgres "CONNECTION"   a PostgreSQL server to use; without it a private one is started
          --only name,name          only these scenarios
        """;

    /// <exception cref="ArgumentException">An argument or a scenario is not known, or a value is missing.</exception>
    public static LoadOptions Parse(string[] args, IReadOnlyList<string> scenarios)
    {
        var options = new LoadOptions(false, null, null, []);
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--quick" => options with { Quick = true },
                "--json" => options with { JsonFile = ValueOf(args, ref i) },
                "--postgres" => options with { Postgres = ValueOf(args, ref i) },
                "--only" => options with { Only = ValueOf(args, ref i).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) },
                _ => throw new ArgumentException($"'{args[i]}' is not known."),
            };
        }

        return options.Only.Except(scenarios).FirstOrDefault() is { } unknown
            ? throw new ArgumentException($"There is no scenario '{unknown}'. There are: {string.Join(", ", scenarios)}.")
            : options;
    }

    private static string ValueOf(string[] args, ref int i) =>
        ++i < args.Length ? args[i] : throw new ArgumentException($"'{args[i - 1]}' needs a value.");
}
