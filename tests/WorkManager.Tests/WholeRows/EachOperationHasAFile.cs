namespace WorkManager.Tests.WholeRows;

/// <summary>The folder of the files that <see cref="WholeRowsSpecification"/> compares.</summary>
public sealed class EachOperationHasAFile
{
    private static readonly string[] Reads =
    [
        nameof(IWorkOrderManager.GetAsync), nameof(IWorkOrderManager.ListAsync), nameof(IWorkOrderManager.PendingApprovalsAsync),
        nameof(IWorkMaintenance.CheckSchemaAsync),
        nameof(IWorkMaintenance.FindStaleAsync), nameof(IWorkMaintenance.ReadQueueAsync),
    ];

    [Fact]
    public void Each_method_that_writes_has_a_file()
    {
        var written = string.Join('\n', RepositoryFiles.Find(Story.Folder, "*.txt").Select(RepositoryFiles.Read));

        Assert.All(
            typeof(IWorkOrderManager).GetMethods().Concat(typeof(IWorkMaintenance).GetMethods())
                .Where(m => m.ReturnType.IsAssignableTo(typeof(Task)) && !Reads.Contains(m.Name)),
            m => Assert.Contains($": what {m.Name} writes.", written, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_file_is_compared_by_a_test()
    {
        var tests = typeof(WholeRowsSpecification).GetMethods().Select(m => m.Name).ToHashSet(StringComparer.Ordinal);

        Assert.All(RepositoryFiles.Find(Story.Folder, "*.txt"), path => Assert.Contains(Path.GetFileNameWithoutExtension(path), tests));
    }
}
