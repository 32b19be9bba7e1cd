using System.Text.RegularExpressions;
using AwesomeAssertions;

namespace WorkManager.Tests.Architecture;

/// <summary>The engine's queries begin at the rows of a tenant.</summary>
public sealed partial class TenantRules
{
    /// <summary>Who may use the sets of the engine's context, and why.</summary>
    private static readonly string[] Allowed =
    [
        // Limits them to the tenant.
        "src/WorkManager/Execution/WorkRows.cs",
        // Reads rows of the host's, which have no tenant that it knows.
        "src/WorkManager/Reversals/StoredRows.cs",
        // Declares them.
        "src/WorkManager/Persistence/WorkManagerDbContext.cs",
    ];

    [Fact]
    public void Queries_begin_at_the_rows_of_the_tenant()
    {
        var elsewhere =
            from path in RepositoryFiles.Find(SourceTree.Library.Source, "*.cs")
            where !Allowed.Contains(path)
            from Match use in Sets().Matches(RepositoryFiles.Read(path))
            select $"{path}: {use.Value}";

        elsewhere.Should().BeEmpty();
    }

    [Fact]
    public void The_scan_finds_such_a_use() => Sets().IsMatch(RepositoryFiles.Read(Allowed[0])).Should().BeTrue();

    [GeneratedRegex(
        @"\.(WorkOrders|WorkItems|WorkItemParts|WorkEvents|WorkProvenances|WorkDecisions|WorkIdempotencyKeys|Work\w+Dependencies|WorkDuties|WorkPausedTypes)\b|\.Set<")]
    private static partial Regex Sets();
}
