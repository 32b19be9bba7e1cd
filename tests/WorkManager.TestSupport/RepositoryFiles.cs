namespace WorkManager.TestSupport;

/// <summary>The files of the repository that the tests were built from.</summary>
public static class RepositoryFiles
{
    // Not from the path of a source file: a deterministic build writes another one into the program.
    public static string Root { get; } = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    /// <summary>Paths below a folder, relative to the root, with forward slashes; what a build leaves is left out.</summary>
    public static IReadOnlyList<string> Find(string folder, string pattern) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal),
    ];

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "WorkManager.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"WorkManager.sln is not above {AppContext.BaseDirectory}: these tests read the repository.");
    }
}
