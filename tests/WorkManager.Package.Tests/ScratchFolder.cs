namespace WorkManager.Package.Tests;

/// <summary>A folder of a user's, where nothing of this repository counts.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("workmanager-");

    public string FullName => folder.FullName;

    public string PathOf(string path) => Path.Combine(FullName, path);

    public CommandLine CommandLine() => new(FullName);

    /// <summary>A command line with what the projects of the hosts take from the environment.</summary>
    public CommandLine HostCommandLine(Provider provider, string packageVersion, TestDatabase? database = null) => new(FullName)
    {
        Environment =
        {
            ["HostProvider"] = provider.ToString(),
            ["WorkManagerVersion"] = packageVersion,
            ["EFCoreVersion"] = Repository.EFCoreVersion,
            ["NpgsqlVersion"] = Repository.VersionOf("Npgsql.EntityFrameworkCore.PostgreSQL"),
            ["NamingConventionsVersion"] = Repository.VersionOf("EFCore.NamingConventions"),
            ["OpenIddictVersion"] = Repository.VersionOf("OpenIddict.EntityFrameworkCore"),
            ["SHOP_DATABASE"] = database?.ConnectionString ?? "",
        },
    };

    public string Read(string path) => File.ReadAllText(PathOf(path));

    public void Write(string path, string text)
    {
        var file = new FileInfo(PathOf(path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
    }

    /// <summary>The files of a name, as relative paths.</summary>
    public IReadOnlyList<string> Find(string pattern, string under = "") =>
    [
        .. Directory.GetFiles(PathOf(under), pattern, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(FullName, f)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Copies the source files of a folder of projects.</summary>
    public void CopyFrom(string source, string to = "")
    {
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var path = Path.Combine(to, Path.GetRelativePath(source, file));
            if (!IsOutput(path))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
                File.Copy(file, PathOf(path), overwrite: true);
            }
        }
    }

    /// <summary>Copies what decides how the projects of this repository are built and packed.</summary>
    public void CopyBuildPolicy(string to = "")
    {
        string[] files =
        [
            "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "README.md", "CHANGELOG.md", ".editorconfig",
        ];
        foreach (var file in files)
        {
            Write(Path.Combine(to, file), File.ReadAllText(Path.Combine(Repository.Root, file)));
        }

        CopyFrom(Path.Combine(Repository.Root, "eng"), Path.Combine(to, "eng"));
    }

    /// <summary>Copies all hosts, and makes the packed package and the tools of this repository available to them.</summary>
    public void CopyHosts(PackedPackage package)
    {
        CopyFrom(Hosts);
        Write("nuget.config", $"""<configuration><packageSources><add key="packed" value="{package.Feed}" /></packageSources></configuration>""");
        Write(".config/dotnet-tools.json", File.ReadAllText(Path.Combine(Repository.Root, ".config/dotnet-tools.json")));
    }

    /// <summary>Makes the sources in folders of the hosts what they were. What was restored for them stays.</summary>
    public void PutBackHosts(params string[] folders)
    {
        foreach (var host in folders)
        {
            foreach (var source in Find("*.cs", host).Where(path => !IsOutput(path)))
            {
                File.Delete(PathOf(source));
            }

            CopyFrom(Path.Combine(Hosts, host), host);
        }
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static string Hosts { get; } = Path.Combine(Repository.Root, "tests/WorkManager.Package.Tests/Hosts");

    private static bool IsOutput(string path) => path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj");
}
