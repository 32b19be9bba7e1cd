using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

[assembly: AssemblyFixture(typeof(WorkManager.Package.Tests.PackedPackage))]

namespace WorkManager.Package.Tests;

/// <summary>What is in each package.</summary>
public abstract partial class PackageContents : IDisposable
{
    /// <summary>nuget.org takes no more.</summary>
    private const int MostOfReleaseNotes = 35_000;

    private readonly PackedPackage package;
    private readonly string id;
    private readonly ZipArchive archive;
    private readonly XElement metadata;

    protected PackageContents(PackedPackage package, string id)
    {
        ArgumentNullException.ThrowIfNull(package);
        this.package = package;
        this.id = id;
        archive = ZipFile.OpenRead(package.FileOf(id));
        using var nuspec = archive.GetEntry($"{id}.nuspec")!.Open();
        metadata = XDocument.Load(nuspec).Root!.Elements().Single();
    }

    /// <summary>What it depends on, and the versions that it takes.</summary>
    protected abstract IReadOnlyDictionary<string, string> Dependencies { get; }

    /// <summary>Types that a user looks for first.</summary>
    protected abstract IReadOnlyList<string> KnownTypes { get; }

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
    public void It_has_one_assembly_with_its_documentation_and_nothing_else()
    {
        string[] expected = ["README.md", $"{id}.nuspec", Library("dll"), Library("xml")];
        Assert.Equal(expected.Order(StringComparer.Ordinal), FilesIn(archive));

        var members = XDocument.Parse(Read(Library("xml"))).Descendants("member").ToDictionary(m => (string)m.Attribute("name")!, m => m.Value.Trim());
        Assert.All(KnownTypes, type => Assert.NotEmpty(members[$"T:WorkManager.{type}"]));
    }

    [Fact]
    public void It_depends_on_what_every_user_needs_and_on_no_database()
    {
        var group = Element("dependencies").Elements().Single();
        var found = group.Elements().ToDictionary(
            d => (string)d.Attribute("id")!, d => ((string)d.Attribute("version")!).Replace(" ", "", StringComparison.Ordinal));

        Assert.Equal(Repository.TargetFramework, (string?)group.Attribute("targetFramework"));
        Assert.Equal(Dependencies, found);
    }

    [Fact]
    public void Its_symbols_are_beside_it_and_belong_to_its_assembly()
    {
        using var symbols = ZipFile.OpenRead(Path.ChangeExtension(package.FileOf(id), ".snupkg"));

        string[] expected = [$"{id}.nuspec", Library("pdb")];
        Assert.Equal(expected.Order(StringComparer.Ordinal), FilesIn(symbols));
        using var pdb = Open(symbols, Library("pdb"));
        using var provider = MetadataReaderProvider.FromPortablePdbStream(pdb);
        using var dll = Open(archive, Library("dll"));
        using var assembly = new PEReader(dll);
        var codeView = assembly.ReadCodeViewDebugDirectoryData(assembly.ReadDebugDirectory().Single(d => d.Type == DebugDirectoryEntryType.CodeView));
        Assert.Equal(codeView.Guid, new BlobContentId(provider.GetMetadataReader().DebugMetadataHeader!.Id).Guid);
    }

    public void Dispose()
    {
        archive.Dispose();
        GC.SuppressFinalize(this);
    }

    protected T ReadAssembly<T>(Func<MetadataReader, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        using var file = Open(archive, Library("dll"));
        using var assembly = new PEReader(file);
        return read(assembly.GetMetadataReader());
    }

    private string Library(string extension) => $"lib/{Repository.TargetFramework}/{id}.{extension}";

    private static IEnumerable<string> FilesIn(ZipArchive archive) =>
        archive.Entries.Select(e => e.FullName).Where(n => !IsOfTheFormat(n)).Order(StringComparer.Ordinal);

    private static bool IsOfTheFormat(string entry) =>
        entry is "_rels/.rels" or "[Content_Types].xml" || entry.StartsWith("package/services/metadata/core-properties/", StringComparison.Ordinal);

    protected string Read(string entry)
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
}
