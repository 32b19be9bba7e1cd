using System.Text.RegularExpressions;

namespace WorkManager.Load.Databases;

/// <summary>The SQL of this program: one file an operation and provider, in the folder <c>Sql</c>. Values are parameters, written <c>@name</c>.</summary>
internal static partial class SqlFile
{
    public static string Read(string provider, string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Sql", provider, $"{name}.sql")).Trim();

    /// <summary>The statements of a file that holds more than one.</summary>
    public static IReadOnlyList<string> ReadStatements(string provider, string name) =>
        [.. Read(provider, name).Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(s => s.TrimEnd(';'))];

    /// <summary>The names of the parameters of a statement, each once.</summary>
    public static IReadOnlySet<string> ParametersOf(string statement) => ParameterName().Matches(statement).Select(m => m.Groups[1].Value).ToHashSet();

    /// <summary>A statement with its parameters as psql and pgbench write them.</summary>
    public static string WithVariables(string statement) => ParameterName().Replace(statement, ":$1");

    [GeneratedRegex(@"@(\w+)")]
    private static partial Regex ParameterName();
}
