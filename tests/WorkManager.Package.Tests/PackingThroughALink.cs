using System.IO.Compression;
using System.Security.Cryptography;

namespace WorkManager.Package.Tests;

/// <summary>A clone that is reached through a symbolic link. A small library takes the place of ours: what the link could change is the build.</summary>
public sealed class PackingThroughALink
{
    /// <summary>The name of its method is an error, unless <c>.editorconfig</c> counts.</summary>
    private const string Library = """
        namespace Small;

        /// <summary>Something small.</summary>
        public interface ISmall
        {
            /// <summary>Goes in.</summary>
            void In();
        }
        """;

    [Fact]
    public async Task The_package_is_the_same_as_without_the_link()
    {
        using var folder = new ScratchFolder();
        folder.CopyBuildPolicy("clone");
        folder.Write("clone/src/Small/Small.csproj", """<Project Sdk="Microsoft.NET.Sdk" />""");
        folder.Write("clone/src/Small/Small.cs", Library);
        folder.Write("clone/src/Small/PublicAPI.Shipped.txt", "#nullable enable\n");
        folder.Write("clone/src/Small/PublicAPI.Unshipped.txt", "#nullable enable\nSmall.ISmall\nSmall.ISmall.In() -> void\n");
        folder.Write("clone/.git/HEAD", $"{new string('1', 40)}\n");
        folder.Write("clone/.git/config", "[remote \"origin\"]\n\turl = https://github.com/example/small.git\n");
        Directory.CreateSymbolicLink(folder.PathOf("link"), folder.PathOf("clone"));

        var throughTheLink = await PackAsync(folder, "link");
        Directory.Delete(folder.PathOf("clone/src/Small/obj"), recursive: true);
        var without = await PackAsync(folder, "clone");

        Assert.Contains(".snupkg lib/net10.0/Small.pdb", without.Keys);
        Assert.Equal(without, throughTheLink);
    }

    /// <summary>The files of the package and its symbols with what is in them, but for those that are new each time.</summary>
    private static async Task<SortedDictionary<string, string>> PackAsync(ScratchFolder folder, string clone)
    {
        var commandLine = folder.CommandLine();
        commandLine.Environment["CI"] = "true";
        await commandLine.DotNetAsync("pack", $"{clone}/src/Small", "-c", "Release", "-o", $"{clone}-packages");

        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var package in folder.Find("*.*nupkg", $"{clone}-packages"))
        {
            using var archive = ZipFile.OpenRead(folder.PathOf(package));
            foreach (var entry in archive.Entries.Where(e => !e.FullName.EndsWith(".psmdcp", StringComparison.Ordinal) && e.Name != ".rels"))
            {
                using var content = entry.Open();
                files[$"{Path.GetExtension(package)} {entry.FullName}"] = Convert.ToHexString(await SHA256.HashDataAsync(content));
            }
        }

        return files;
    }
}
