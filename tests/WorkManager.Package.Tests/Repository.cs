using System.Reflection;
using System.Xml.Linq;

namespace WorkManager.Package.Tests;

/// <summary>The repository that these tests were built from.</summary>
internal static class Repository
{
    private static readonly Dictionary<string, string?> Metadata =
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(a => a.Key, a => a.Value);

    public static string Root { get; } = Metadata["RepositoryRoot"]!;

    public static string Configuration { get; } = Metadata["Configuration"]!;

    public static string TargetFramework { get; } = Metadata["TargetFramework"]!;

    /// <summary>Where NuGet keeps the packages of this user.</summary>
    public static string PackageCache { get; } = Metadata["NuGetPackageRoot"]!;

    public static string EFCoreVersion { get; } = Metadata["EFCoreVersion"]!;

    /// <summary>The version of a package that this repository builds with.</summary>
    public static string VersionOf(string package) =>
        XDocument.Load(Path.Combine(Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Single(p => (string?)p.Attribute("Include") == package).Attribute("Version")!.Value
            .Replace("$(EFCoreVersion)", EFCoreVersion, StringComparison.Ordinal);
}
