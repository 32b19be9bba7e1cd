namespace WorkManager.Package.Tests;

/// <summary>The packages as <c>dotnet pack</c> makes them, in a feed of their own and under a version that nobody has cached.</summary>
public sealed class PackedPackage : IAsyncLifetime
{
    /// <summary>The migration that ships with the library.</summary>
    public const string Migration = "00000000000001_WorkManager_Initial";

    private static readonly string[] Ids = ["WorkManager", "WorkManager.Hosting"];

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

    public string FileOf(string id) => Path.Combine(Feed, $"{id}.{Version}.nupkg");

    public async ValueTask InitializeAsync()
    {
        var commandLine = new CommandLine(Repository.Root);
        var version = (await commandLine.DotNetAsync("msbuild", ProjectOf(Ids[0]), "-getProperty:Version")).Trim();
        Version = $"{version}{(version.Contains('-', StringComparison.Ordinal) ? '.' : '-')}t{Guid.NewGuid():N}";

        foreach (var id in Ids)
        {
            // Without building: the same assembly that the other tests test.
            await commandLine.DotNetAsync("pack", ProjectOf(id), "--no-build", "-c", Repository.Configuration, "-o", Feed, $"-p:PackageVersion={Version}");
        }
    }

    /// <summary>Packs a later version of the library with a second migration into the same feed.</summary>
    public Task<string> PackNextAsync() => next.Value;

    public async ValueTask DisposeAsync()
    {
        feed.Delete(recursive: true);
        string[] versions = next.IsValueCreated ? [Version, await next.Value] : [Version];
        foreach (var cached in Ids.SelectMany(id => versions.Select(version => Path.Combine(Repository.PackageCache, id.ToLowerInvariant(), version))))
        {
            if (Directory.Exists(cached))
            {
                Directory.Delete(cached, recursive: true);
            }
        }
    }

    private static string ProjectOf(string id) => $"src/{id}/{id}.csproj";
}
