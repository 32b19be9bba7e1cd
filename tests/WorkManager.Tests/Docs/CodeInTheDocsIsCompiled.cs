using System.Text.RegularExpressions;

namespace WorkManager.Tests.Docs;

/// <summary>Code that readers copy comes from <c>docs/snippets</c>, which is built with everything else.</summary>
public sealed partial class CodeInTheDocsIsCompiled
{
    private static readonly Dictionary<string, string> Snippets = ReadSnippets();

    public static TheoryData<string> Pages => [.. MarkdownPage.AllPaths];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_block_of_code_is_a_snippet(string page)
    {
        foreach (var block in MarkdownPage.Read(page).Blocks.Where(b => b.Language is "csharp" or "cs" or "c"))
        {
            var name = Mark().Match(block.LineBefore);
            Assert.True(name.Success, $"{page}: a block without <!-- snippet: name --> above it:\n{block.Code}");
            Assert.True(Snippets.TryGetValue(name.Groups[1].Value, out var code), $"{page}: there is no snippet '{name.Groups[1].Value}'.");
            Assert.Equal(code, block.Code);
        }
    }

    [Fact]
    public void No_snippet_is_forgotten()
    {
        var shown = MarkdownPage.AllPaths.SelectMany(p => MarkdownPage.Read(p).Blocks).Select(b => Mark().Match(b.LineBefore).Groups[1].Value);

        Assert.Empty(Snippets.Keys.Except(shown));
    }

    private static Dictionary<string, string> ReadSnippets()
    {
        var snippets = new Dictionary<string, string>();
        foreach (var path in RepositoryFiles.Find("docs/snippets", "*.cs"))
        {
            foreach (Match region in Region().Matches(RepositoryFiles.Read(path)))
            {
                snippets.Add(region.Groups["name"].Value, Unindent(region.Groups["code"].Value));
            }
        }

        return snippets;
    }

    private static string Unindent(string code)
    {
        var lines = code.Split('\n');
        var margin = lines.Where(l => l.Trim().Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Join('\n', lines.Select(l => l.Length >= margin ? l[margin..] : ""));
    }

    [GeneratedRegex(@"^<!-- snippet: ([\w-]+) -->$")]
    private static partial Regex Mark();

    [GeneratedRegex(@"^[ ]*#region (?<name>[\w-]+)\n(?<code>.*?)^[ ]*#endregion", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Region();
}
