namespace WorkManager.Tests.Docs;

/// <summary>A file of the documentation that is written by a test, and compared by it ever after.</summary>
internal static class GeneratedFile
{
    private const string Variable = "WORKMANAGER_WRITE_DOCS";

    /// <summary>Compares a file with what it should be; with <c>WORKMANAGER_WRITE_DOCS=1</c> writes it.</summary>
    public static void AssertIs(string path, string text)
    {
        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            File.WriteAllText(Path.Combine(RepositoryFiles.Root, path), text);
        }

        Assert.True(text == RepositoryFiles.Read(path), $"{path} is not up to date: run this test with {Variable}=1, and read what changed.");
    }
}
