using System.Text.Json;

namespace WorkManager.Package.Tests;

/// <summary>What <c>eng/Version.props</c> reads from a changelog.</summary>
public sealed class VersionFromTheChangelog
{
    // What MSBuild could take for its own.
    private const string Notes = """
        - first; second, (third) 100% %20 $(Version) @(Compile) <T> & 'a' "b" `c`

        ### Added

        - more
        """;

    [Theory]
    [InlineData("0.1.0-dev", "## [Unreleased]")]
    [InlineData("1.3.0-dev", "## [Unreleased]", "## [1.2.3] - 2027-01-01", "## [1.1.0] - 2026-12-01")]
    [InlineData("1.2.3", "## [1.2.3] - 2027-01-01", "## [1.1.0] - 2026-12-01")]
    [InlineData("2.0.0-rc.1", "## [2.0.0-rc.1] - 2027-02-01", "## [1.2.3] - 2027-01-01")]
    public async Task It_is_the_first_heading_or_the_next_minor_version_to_come(string version, string first, params string[] later)
    {
        using var folder = new ScratchFolder();
        var notes = Notes.ReplaceLineEndings("\n");
        folder.Write("CHANGELOG.md", $"# Changelog\n\nAbout it.\n\n{first}\n\n{notes}\n\n{string.Join("\n\n- old\n\n", later)}\n");

        var output = await folder.CommandLine().DotNetAsync(
            "msbuild", Path.Combine(Repository.Root, "eng/Version.props"), "-getProperty:Version,PackageReleaseNotes",
            $"-p:ChangelogFile={folder.PathOf("CHANGELOG.md")}");

        var properties = JsonDocument.Parse(output).RootElement.GetProperty("Properties");
        Assert.Equal(version, properties.GetProperty("Version").GetString());
        Assert.Equal(notes, properties.GetProperty("PackageReleaseNotes").GetString());
    }
}
