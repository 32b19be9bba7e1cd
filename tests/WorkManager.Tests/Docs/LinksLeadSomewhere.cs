using System.Text.RegularExpressions;

namespace WorkManager.Tests.Docs;

public sealed partial class LinksLeadSomewhere
{
    public static TheoryData<string> Pages => [.. MarkdownPage.AllPaths];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_relative_link_names_a_file_and_a_heading_that_exist(string page)
    {
        foreach (Match link in Link().Matches(MarkdownPage.Read(page).Text))
        {
            var parts = link.Groups[1].Value.Split('#');
            var target = parts[0].Length == 0
                ? page
                : Path.GetRelativePath(RepositoryFiles.Root, Path.GetFullPath(Path.Combine(RepositoryFiles.Root, Path.GetDirectoryName(page)!, parts[0])));
            var path = Path.Combine(RepositoryFiles.Root, target);

            Assert.True(File.Exists(path) || Directory.Exists(path), $"{page} links to {link.Groups[1].Value}, which is not there.");
            if (parts.Length > 1)
            {
                Assert.Contains(parts[1], Heading().Matches(RepositoryFiles.Read(target)).Select(h => Anchor(h.Groups[1].Value)));
            }
        }
    }

    private static string Anchor(string heading) => NotInAnchors().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?!https?:|mailto:)([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
