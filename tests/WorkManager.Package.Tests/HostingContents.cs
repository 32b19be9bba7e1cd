namespace WorkManager.Package.Tests;

/// <summary>What is in the package with the workers.</summary>
public sealed class HostingContents(PackedPackage package) : PackageContents(package, "WorkManager.Hosting")
{
    private readonly PackedPackage package = package;

    // Of the library it takes the version that it was built with, and later ones.
    protected override IReadOnlyDictionary<string, string> Dependencies => new Dictionary<string, string>
    {
        ["Microsoft.Extensions.Diagnostics.HealthChecks"] = Repository.VersionOf("Microsoft.Extensions.Diagnostics.HealthChecks"),
        ["Microsoft.Extensions.Hosting"] = Repository.VersionOf("Microsoft.Extensions.Hosting"),
        ["OpenTelemetry.Api.ProviderBuilderExtensions"] = Repository.VersionOf("OpenTelemetry.Api.ProviderBuilderExtensions"),
        ["WorkManager"] = package.Version,
    };

    protected override IReadOnlyList<string> KnownTypes { get; } = ["IWorkHandler`2", "WorkerOptions"];
}
