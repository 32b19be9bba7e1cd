namespace WorkManager.Tests.Support;

/// <summary>A file that is written by a test, and compared by it ever after.</summary>
internal static class GeneratedFile
{
    private const string Variable = "WORKMANAGER_WRITE_DOCS";
    private const int MostLines = 20;

    /// <summary>Compares a file with what it should be; with <c>WORKMANAGER_WRITE_DOCS=1</c> writes it.</summary>
    /// <param name="path">The path in the repository.</param>
    /// <param name="text">What it should be.</param>
    /// <param name="writes">False for a test that only compares: of tests that share a file, one writes it.</param>
    public static void AssertIs(string path, string text, bool writes = true)
    {
        if (writes && Environment.GetEnvironmentVariable(Variable) == "1")
        {
            File.WriteAllText(Path.Combine(RepositoryFiles.Root, path), text);
        }

        var stored = File.Exists(Path.Combine(RepositoryFiles.Root, path)) ? RepositoryFiles.Read(path) : "";
        Assert.True(
            text == stored, $"{path} is not up to date: run this test with {Variable}=1, and read what changed.\n{Difference(stored, text)}");
    }

    private static string Difference(string stored, string text)
    {
        var (before, after) = (stored.Split('\n'), text.Split('\n'));
        var same = before.Zip(after).TakeWhile(l => l.First == l.Second).Count();
        return string.Join('\n', before.Skip(same).Take(MostLines).Select(l => $"- {l}").Concat(after.Skip(same).Take(MostLines).Select(l => $"+ {l}"))
            .Prepend($"From line {same + 1} on:"));
    }
}
