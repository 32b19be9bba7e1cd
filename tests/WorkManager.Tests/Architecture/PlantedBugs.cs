using AwesomeAssertions;

namespace WorkManager.Tests.Architecture;

/// <summary>The bugs of <c>eng/mutants</c> can be planted: what each of them replaces stands once in its file. Whether tests find them is tried by hand.</summary>
public sealed class PlantedBugs
{
    [Fact]
    public void Each_fits_the_code_as_it_is_now()
    {
        var misfits =
            from path in RepositoryFiles.Find("eng/mutants", "*.mutant")
            let parts = RepositoryFiles.Read(path).Split("\n---\n", 2)
            let file = parts[0].Split('\n').Single(line => line.StartsWith("file: ", StringComparison.Ordinal))["file: ".Length..]
            let replaced = parts[1].Split("\n===\n", 2)[0]
            where RepositoryFiles.Read(file).Split(replaced).Length != 2
            select path;

        misfits.Should().BeEmpty();
    }
}
