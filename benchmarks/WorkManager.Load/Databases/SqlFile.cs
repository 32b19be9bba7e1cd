namespace WorkManager.Load.Databases;

/// <summary>The SQL of this program: one file an operation and provider, in the folder <c>Sql</c>. Values are parameters, written <c>@name</c>.</summary>
internal static class SqlFile
{
    public static string Read(string provider, string name) =>
        File.ReadAllText(PathOf(provider, name)).Trim();

    /// <summary>The statements of a file that holds more than one.</summary>
    public static IReadOnlyList<string> ReadStatements(string provider, string name) =>
        [.. Read(provider, name).Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(s => s.TrimEnd(';'))];

    private static string PathOf(string provider, string name) => Path.Combine(AppContext.BaseDirectory, "Sql", provider, $"{name}.sql");
}
