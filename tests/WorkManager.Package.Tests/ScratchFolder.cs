namespace WorkManager.Package.Tests;

/// <summary>A folder of a user's, where nothing of this repository counts.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("workmanager-");

    public string FullName => folder.FullName;

    public string PathOf(string path) => Path.Combine(FullName, path);

    public CommandLine CommandLine() => new(FullName);

    public string Read(string path) => File.ReadAllText(PathOf(path));

    public void Write(string path, string text)
    {
        var file = new FileInfo(PathOf(path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
    }

    /// <summary>The files of a name, as relative paths.</summary>
    public IReadOnlyList<string> Find(string pattern, string under = "") =>
        [.. Directory.GetFiles(PathOf(under), pattern, SearchOption.AllDirectories).Select(f => Path.GetRelativePath(FullName, f)).Order(StringComparer.Ordinal)];

    /// <summary>Copies the source files of a folder of projects.</summary>
    public void CopyFrom(string source, string to = "")
    {
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var path = Path.Combine(to, Path.GetRelativePath(source, file));
            if (!path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
                File.Copy(file, PathOf(path));
            }
        }
    }

    /// <summary>Makes the packed package and the tools of this repository available.</summary>
    public void UsePackages(PackedPackage package)
    {
        Write("nuget.config", $"""<configuration><packageSources><add key="packed" value="{package.Feed}" /></packageSources></configuration>""");
        Write(".config/dotnet-tools.json", File.ReadAllText(Path.Combine(Repository.Root, ".config/dotnet-tools.json")));
    }

    public void Dispose() => folder.Delete(recursive: true);
}
