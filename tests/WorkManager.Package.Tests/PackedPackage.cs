namespace WorkManager.Package.Tests;

/// <summary>The package as <c>dotnet pack</c> makes it, in a feed of its own and under a version that nobody has cached.</summary>
public sealed class PackedPackage : IAsyncLifetime
{
    /// <summary>The migration that ships with it.</summary>
    public const string Migration = "00000000000001_WorkManager_Initial";

    private const string Project = "src/WorkManager/WorkManager.csproj";

    private readonly Lazy<Task<string>> next;
    private readonly DirectoryInfo feed = Directory.CreateTempSubdirectory("workmanager-feed-");

    public PackedPackage() => next = new(async () =>
    {
        var version = $"99.0.0-dev.t{Guid.NewGuid():N}";
        await NextPackage.PackAsync(Feed, version);
        return version;
    });

    /// <summary>The repository's, and more.</summary>
    public string Version { get; private set; } = "";

    public string Feed => feed.FullName;

    public string File => Path.Combine(Feed, $"WorkManager.{Version}.nupkg");

    public string SymbolsFile => Path.ChangeExtension(File, ".snupkg");

    public async ValueTask InitializeAsync()
    {
        var commandLine = new CommandLine(Repository.Root);
        var version = (await commandLine.DotNetAsync("msbuild", Project, "-getProperty:Version")).Trim();
        Version = $"{version}{(version.Contains('-', StringComparison.Ordinal) ? '.' : '-')}t{Guid.NewGuid():N}";

        // Without building: the same assembly that the other tests test.
        await commandLine.DotNetAsync("pack", Project, "--no-build", "-c", Repository.Configuration, "-o", Feed, $"-p:PackageVersion={Version}");
    }

    /// <summary>Packs a later version with a second migration into the same feed.</summary>
    public Task<string> PackNextAsync() => next.Value;

    public async ValueTask DisposeAsync()
    {
        feed.Delete(recursive: true);
        foreach (var version in next.IsValueCreated ? [Version, await next.Value] : new[] { Version })
        {
            var cached = Path.Combine(Repository.PackageCache, "workmanager", version);
            if (Directory.Exists(cached))
            {
                Directory.Delete(cached, recursive: true);
            }
        }
    }
}
