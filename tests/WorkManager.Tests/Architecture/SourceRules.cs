using AwesomeAssertions;

namespace WorkManager.Tests.Architecture;

/// <summary>How the files of the packages look.</summary>
public sealed class SourceRules
{
    private const int Columns = 160;

    /// <summary>All but the migrations: those are written by the tool, and stay as they were shipped.</summary>
    private static IEnumerable<string> Files => SourceTree.All
        .SelectMany(tree => RepositoryFiles.Find(tree.Source, "*.cs"))
        .Where(path => !path.Contains("/Migrations/", StringComparison.Ordinal));

    [Fact]
    public void No_line_is_longer_than_160_columns()
    {
        var tooLong =
            from path in Files
            from line in RepositoryFiles.Read(path).Split('\n').Select((text, i) => (Text: text, Number: i + 1))
            where line.Text.Length > Columns
            select $"{path}:{line.Number} has {line.Text.Length} columns";

        string.Join("; ", tooLong).Should().BeEmpty();
    }

    [Fact]
    public void Each_file_has_one_top_level_type()
    {
        var others =
            from path in Files
            let types = SourceTree.TypesIn(RepositoryFiles.Read(path)).Select(t => t.Name).ToList()
            where types.Count != 1
            select $"{path} has {types.Count}: {string.Join(", ", types)}";

        string.Join("; ", others).Should().BeEmpty();
    }

    /// <summary>A generic type shares its name with others where they differ in their type parameters only: those are part of the file's name then.</summary>
    [Fact]
    public void Each_file_is_named_after_its_type()
    {
        var files = Files.Select(path => (Path: path, Type: SourceTree.TypesIn(RepositoryFiles.Read(path)).First())).ToList();
        var shared = files.GroupBy(f => f.Type.Name).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        var others =
            from file in files
            let parameters = file.Type.Parameters
            let name = file.Type.Name + (parameters.Length > 0 && shared.Contains(file.Type.Name) ? $"{{{string.Join(',', parameters)}}}" : "")
            where Path.GetFileNameWithoutExtension(file.Path) != name
            select $"{file.Path} should be {name}.cs";

        string.Join("; ", others).Should().BeEmpty();
    }
}
