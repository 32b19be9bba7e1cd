using System.IO.Compression;
using System.Xml.Linq;

[assembly: AssemblyFixture(typeof(WorkManager.Package.Tests.PackedPackage))]

namespace WorkManager.Package.Tests;

/// <summary>What is in the package.</summary>
public sealed class PackageContents : IDisposable
{
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
    public void It_has_one_assembly_with_its_documentation()
    {
        string[] expected = [$"lib/{Repository.TargetFramework}/WorkManager.dll", $"lib/{Repository.TargetFramework}/WorkManager.xml"];
        Assert.Equal(expected, archive.Entries.Select(e => e.FullName).Where(n => n.StartsWith("lib/", StringComparison.Ordinal)).Order());

        using var documentation = archive.GetEntry(expected[1])!.Open();
        var members = XDocument.Load(documentation).Descendants("member").Select(m => (string?)m.Attribute("name"));
        Assert.Contains("T:WorkManager.WorkOrder", members);
    }

    [Fact]
    public void It_depends_on_what_every_user_needs_and_on_no_database()
    {
        var group = Element("dependencies").Elements().Single();
        var found = group.Elements().ToDictionary(d => (string)d.Attribute("id")!, d => ((string)d.Attribute("version")!).Replace(" ", "", StringComparison.Ordinal));

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
    public void Its_symbols_are_beside_it()
    {
        using var symbols = ZipFile.OpenRead(package.SymbolsFile);

        Assert.NotNull(symbols.GetEntry($"lib/{Repository.TargetFramework}/WorkManager.pdb"));
    }

    public void Dispose() => archive.Dispose();

    private XElement Element(string name) => metadata.Elements().Single(e => e.Name.LocalName == name);

    private string Value(string name) => Element(name).Value;
}
