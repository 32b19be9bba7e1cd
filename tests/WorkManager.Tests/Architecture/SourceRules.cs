namespace WorkManager.Tests.Architecture;

/// <summary>How the files of the library look.</summary>
public sealed class SourceRules
{
    private const int Columns = 160;

    /// <summary>All but the migrations: those are written by the tool, and stay as they were shipped.</summary>
    private static IEnumerable<string> Files =>
        RepositoryFiles.Find(SourceTree.Source, "*.cs").Where(path => !path.Contains("/Migrations/", StringComparison.Ordinal));

    [Fact]
    public void No_line_is_longer_than_160_columns()
    {
        var tooLong =
            from path in Files
            from line in RepositoryFiles.Read(path).Split('\n').Select((text, i) => (Text: text, Number: i + 1))
            where line.Text.Length > Columns
            select $"{path}:{line.Number} has {line.Text.Length} columns";

        Assert.Empty(tooLong);
    }
}
