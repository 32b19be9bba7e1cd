using System.Text.RegularExpressions;

namespace WorkManager.Package.Tests;

/// <summary>A block of a page: the heading that it is under, the paragraph before it, and what it says.</summary>
internal sealed record TutorialStep(string Heading, string Paragraph, string Language, string Text);

/// <summary>The blocks of a page, in its order.</summary>
internal static partial class Tutorial
{
    public static IReadOnlyList<TutorialStep> Read(string path)
    {
        var steps = new List<TutorialStep>();
        var heading = "";

        // Prose and blocks take turns.
        foreach (var (prose, block) in RepositoryFiles.Read(path).Split("\n```").Chunk(2).Where(pair => pair.Length == 2).Select(pair => (pair[0], pair[1])))
        {
            heading = Heading().Matches(prose).LastOrDefault()?.Groups[1].Value ?? heading;
            var paragraph = Comment().Replace(prose, "").Trim().Split("\n\n")[^1].Replace('\n', ' ');
            var firstLine = block.IndexOf('\n', StringComparison.Ordinal);
            steps.Add(new(heading, paragraph, block[..firstLine], block[(firstLine + 1)..] + "\n"));
        }

        return steps;
    }

    [GeneratedRegex("^## (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();
}
