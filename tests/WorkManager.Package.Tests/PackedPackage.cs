namespace WorkManager.Package.Tests;

/// <summary>The package as <c>dotnet pack</c> makes it, in a feed of its own and under a version that nobody has cached.</summary>
public sealed class PackedPackage : IAsyncLifetime
{
    private readonly DirectoryInfo feed = Directory.CreateTempSubdirectory("workmanager-feed-");

    public string Version { get; } = $"0.1.0-test.t{Guid.NewGuid():N}";

    public string Feed => feed.FullName;

    public string File => Path.Combine(Feed, $"WorkManager.{Version}.nupkg");

    public string SymbolsFile => Path.ChangeExtension(File, ".snupkg");

    // Without building: the same assembly that the other tests test.
    public async ValueTask InitializeAsync() => await new CommandLine(Repository.Root).DotNetAsync(
        "pack", "src/WorkManager/WorkManager.csproj", "--no-build", "-c", Repository.Configuration, "-o", Feed, $"-p:PackageVersion={Version}");

    public ValueTask DisposeAsync()
    {
        feed.Delete(recursive: true);
        var cached = Path.Combine(Repository.PackageCache, "workmanager", Version);
        if (Directory.Exists(cached))
        {
            Directory.Delete(cached, recursive: true);
        }

        return ValueTask.CompletedTask;
    }
}
