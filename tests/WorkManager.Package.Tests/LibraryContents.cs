using System.Reflection.Metadata;
using System.Text.RegularExpressions;

namespace WorkManager.Package.Tests;

/// <summary>What is in the library's package.</summary>
public sealed partial class LibraryContents(PackedPackage package) : PackageContents(package, "WorkManager")
{
    protected override IReadOnlyDictionary<string, string> Dependencies { get; } = new Dictionary<string, string>
    {
        ["Microsoft.EntityFrameworkCore"] = "[10.0.15,11.0.0)",
        ["Microsoft.EntityFrameworkCore.Relational"] = "[10.0.15,11.0.0)",
        ["Microsoft.Extensions.DependencyInjection.Abstractions"] = "10.0.15",
        ["Microsoft.Extensions.Options"] = "10.0.15",
    };

    protected override IReadOnlyList<string> KnownTypes { get; } = ["WorkOrder", "IWorkOrderManager"];

    [Fact]
    public void Its_readme_says_what_the_repositorys_says_and_no_link_of_it_leads_nowhere()
    {
        var original = RepositoryFiles.Read("README.md");
        var packed = Read("README.md");

        Assert.Equal(Link().Replace(original, "$1").Trim(), Link().Replace(packed, "$1").Trim());
        Assert.All(Link().Matches(packed), link => Assert.True(LeadsSomewhere(link.Groups[2].Value), link.Value));
    }

    [Fact]
    public async Task Its_readme_links_to_the_files_of_a_repository_that_is_on_a_server()
    {
        using var folder = new ScratchFolder();

        await new CommandLine(Repository.Root).DotNetAsync(
            "msbuild", "src/WorkManager/WorkManager.csproj", "-t:WriteReadmeOfThePackage", "-p:RepositoryUrl=https://example.org/workmanager.git",
            $"-p:ReadmeOfThePackage={folder.PathOf("README.md")}");

        var original = Link().Matches(RepositoryFiles.Read("README.md")).Select(m => m.Groups[2].Value);
        var written = Link().Matches(folder.Read("README.md")).Select(m => m.Groups[2].Value);
        Assert.Equal(original, written.Select(link => OnTheServer().Replace(link, "")));
        Assert.All(written, link => Assert.True(LeadsSomewhere(link), link));
    }

    [Fact]
    public void Its_assembly_has_every_migration_of_the_repository()
    {
        var expected = RepositoryFiles.Find("src/WorkManager/Persistence/Migrations", "*.cs").Select(p => Path.GetFileName(p).Split('.')[0]).Distinct();

        var found = ReadAssembly(reader => reader.CustomAttributes.Select(a => MigrationId(reader, reader.GetCustomAttribute(a))).OfType<string>().ToList());

        Assert.NotEmpty(found);
        Assert.Equal(expected.Where(name => char.IsAsciiDigit(name[0])), found.Order(StringComparer.Ordinal));
    }

    /// <summary>Within the page, or to a file of the repository on its server, or to another site.</summary>
    private static bool LeadsSomewhere(string link)
    {
        if (link.StartsWith('#'))
        {
            return true; // LinksLeadSomewhere looks for the heading.
        }

        var path = OnTheServer().Replace(link, "");
        return link.StartsWith("https://", StringComparison.Ordinal) && (path == link || File.Exists(Path.Combine(Repository.Root, path.Split('#')[0])));
    }

    /// <summary>The argument of <c>[Migration]</c>.</summary>
    private static string? MigrationId(MetadataReader reader, CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference)
        {
            return null;
        }

        var type = reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        if (type.Kind != HandleKind.TypeReference || reader.GetString(reader.GetTypeReference((TypeReferenceHandle)type).Name) != "MigrationAttribute")
        {
            return null;
        }

        var value = reader.GetBlobReader(attribute.Value);
        value.ReadUInt16(); // the prolog that every attribute has
        return value.ReadSerializedString();
    }

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^https://.+/blob/[0-9a-f]{40}/")]
    private static partial Regex OnTheServer();
}
