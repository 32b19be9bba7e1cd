using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

[assembly: AssemblyFixture(typeof(WorkManager.Package.Tests.PackedPackage))]

namespace WorkManager.Package.Tests;

/// <summary>What is in the package.</summary>
public sealed partial class PackageContents : IDisposable
{
    /// <summary>nuget.org takes no more.</summary>
    private const int MostOfReleaseNotes = 35_000;

    private readonly PackedPackage package;
    private readonly ZipArchive archive;
    private readonly XElement metadata;

    public PackageContents(PackedPackage package)
    {
        ArgumentNullException.ThrowIfNull(package);
        this.package = package;
        archive = ZipFile.OpenRead(package.File);
        using var nuspec = archive.GetEntry("WorkManager.nuspec")!.Open();
        metadata = XDocument.Load(nuspec).Root!.Elements().Single();
    }

    [Fact]
    public void It_has_a_readme_a_license_and_a_description()
    {
        Assert.Equal("README.md", Value("readme"));
        Assert.NotEqual(0, archive.GetEntry("README.md")!.Length);
        Assert.Equal("MIT", Value("license"));
        Assert.Equal("expression", (string?)Element("license").Attribute("type"));
        Assert.NotEmpty(Value("description"));
        Assert.NotEmpty(Value("tags"));
    }

    [Fact]
    public void Its_version_and_release_notes_are_the_first_of_the_changelog()
    {
        var changelog = RepositoryFiles.Read("CHANGELOG.md").Split("\n## ");
        var headings = changelog.Skip(1).Select(section => section[1..section.IndexOf(']', StringComparison.Ordinal)]).ToList();
        var released = headings.Where(h => h != "Unreleased").Select(h => Version.Parse(h.Split('-')[0])).FirstOrDefault() ?? new(0, 0);
        var expected = headings[0] == "Unreleased" ? $"{released.Major}.{released.Minor + 1}.0-dev" : headings[0];

        Assert.Matches($"^{Regex.Escape(expected)}[.-]t[0-9a-f]+$", Value("version"));
        Assert.Equal(Version.Parse($"{expected.Split('-')[0]}.0"), ReadAssembly(reader => reader.GetAssemblyDefinition().Version));
        Assert.Equal(changelog[1][(changelog[1].IndexOf('\n', StringComparison.Ordinal) + 1)..].Trim(), Value("releaseNotes").ReplaceLineEndings("\n"));
        Assert.InRange(Value("releaseNotes").Length, 1, MostOfReleaseNotes);
    }

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
    public void It_has_one_assembly_with_its_documentation_and_nothing_else()
    {
        string[] expected = ["README.md", "WorkManager.nuspec", Library("dll"), Library("xml")];
        Assert.Equal(expected, archive.Entries.Select(e => e.FullName).Where(n => !IsOfTheFormat(n)).Order(StringComparer.Ordinal));

        var members = XDocument.Parse(Read(Library("xml"))).Descendants("member").ToDictionary(m => (string)m.Attribute("name")!, m => m.Value.Trim());
        Assert.NotEmpty(members["T:WorkManager.WorkOrder"]);
        Assert.NotEmpty(members["T:WorkManager.IWorkOrderManager"]);
    }

    [Fact]
    public void Its_assembly_has_every_migration_of_the_repository()
    {
        var expected = RepositoryFiles.Find("src/WorkManager/Persistence/Migrations", "*.cs").Select(p => Path.GetFileName(p).Split('.')[0]).Distinct();

        var found = ReadAssembly(reader => reader.CustomAttributes.Select(a => MigrationId(reader, reader.GetCustomAttribute(a))).OfType<string>().ToList());

        Assert.NotEmpty(found);
        Assert.Equal(expected.Where(name => char.IsAsciiDigit(name[0])), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_depends_on_what_every_user_needs_and_on_no_database()
    {
        var group = Element("dependencies").Elements().Single();
        var found = group.Elements().ToDictionary(
            d => (string)d.Attribute("id")!, d => ((string)d.Attribute("version")!).Replace(" ", "", StringComparison.Ordinal));

        Assert.Equal(Repository.TargetFramework, (string?)group.Attribute("targetFramework"));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["Microsoft.EntityFrameworkCore"] = "[10.0.15,11.0.0)",
                ["Microsoft.EntityFrameworkCore.Relational"] = "[10.0.15,11.0.0)",
                ["Microsoft.Extensions.DependencyInjection.Abstractions"] = "10.0.15",
                ["Microsoft.Extensions.Options"] = "10.0.15",
            },
            found);
    }

    [Fact]
    public void Its_symbols_are_beside_it_and_belong_to_its_assembly()
    {
        using var symbols = ZipFile.OpenRead(package.SymbolsFile);

        Assert.Equal(
            ["WorkManager.nuspec", Library("pdb")], symbols.Entries.Select(e => e.FullName).Where(n => !IsOfTheFormat(n)).Order(StringComparer.Ordinal));
        using var pdb = Open(symbols, Library("pdb"));
        using var provider = MetadataReaderProvider.FromPortablePdbStream(pdb);
        using var dll = Open(archive, Library("dll"));
        using var assembly = new PEReader(dll);
        var codeView = assembly.ReadCodeViewDebugDirectoryData(assembly.ReadDebugDirectory().Single(d => d.Type == DebugDirectoryEntryType.CodeView));
        Assert.Equal(codeView.Guid, new BlobContentId(provider.GetMetadataReader().DebugMetadataHeader!.Id).Guid);
    }

    public void Dispose() => archive.Dispose();

    private static string Library(string extension) => $"lib/{Repository.TargetFramework}/WorkManager.{extension}";

    private static bool IsOfTheFormat(string entry) =>
        entry is "_rels/.rels" or "[Content_Types].xml" || entry.StartsWith("package/services/metadata/core-properties/", StringComparison.Ordinal);

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

    private T ReadAssembly<T>(Func<MetadataReader, T> read)
    {
        using var file = Open(archive, Library("dll"));
        using var assembly = new PEReader(file);
        return read(assembly.GetMetadataReader());
    }

    private string Read(string entry)
    {
        using var reader = new StreamReader(archive.GetEntry(entry)!.Open());
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>A copy that can be read from any place.</summary>
    private static MemoryStream Open(ZipArchive archive, string entry)
    {
        var copy = new MemoryStream();
        using var stream = archive.GetEntry(entry)!.Open();
        stream.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }

    private XElement Element(string name) => metadata.Elements().Single(e => e.Name.LocalName == name);

    private string Value(string name) => Element(name).Value;

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^https://.+/blob/[0-9a-f]{40}/")]
    private static partial Regex OnTheServer();
}
