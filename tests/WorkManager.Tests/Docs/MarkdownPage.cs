using System.Text.RegularExpressions;

namespace WorkManager.Tests.Docs;

/// <summary>A page of the documentation, as far as tests look into it.</summary>
internal sealed partial record MarkdownPage(string Path, string Text)
{
    /// <summary>A fenced block and the line before it.</summary>
    public sealed record Block(string Language, string LineBefore, string Code);

    public static IReadOnlyList<string> AllPaths { get; } =
        [.. RepositoryFiles.Find(".", "*.md").Where(p => !p.Contains('/', StringComparison.Ordinal) || p.StartsWith("docs/", StringComparison.Ordinal))];

    public static MarkdownPage Read(string path) => new(path, RepositoryFiles.Read(path));

    public IReadOnlyList<Block> Blocks =>
        [.. Fence().Matches(Text).Select(m => new Block(m.Groups["language"].Value, m.Groups["before"].Value.Trim(), m.Groups["code"].Value))];

    /// <summary>The block under a line such as <c>&lt;!-- states: order --&gt;</c>.</summary>
    public string BlockMarked(string mark) => Blocks.Single(b => b.LineBefore == $"<!-- {mark} -->").Code;

    /// <summary>The rows of the table whose header begins with this cell; each a list of cells.</summary>
    public IReadOnlyList<string[]> Table(string firstHeader)
    {
        var lines = Text.Split('\n').ToList();
        var header = lines.FindIndex(l => l.StartsWith($"| {firstHeader} |", StringComparison.Ordinal));
        Assert.True(header >= 0, $"{Path} has no table that begins with '{firstHeader}'.");
        return [.. lines.Skip(header + 2).TakeWhile(l => l.StartsWith('|')).Select(l => l.Trim('|').Split('|').Select(c => c.Trim()).ToArray())];
    }

    /// <summary>What stands in a cell as code: <c>`a`, `b`</c>.</summary>
    public static IReadOnlyList<string> CodeIn(string cell) => [.. Code().Matches(cell).Select(m => m.Groups[1].Value)];

    [GeneratedRegex(@"(?<before>[^\n]*)\n```(?<language>\w*)\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
