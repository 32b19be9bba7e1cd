using System.Text.RegularExpressions;
using ArchUnitNET.Domain.Dependencies;
using AwesomeAssertions;

namespace WorkManager.Tests.Architecture;

/// <summary>Where code sets the state of an order or item. What SQL statements do is in <c>MovesInSql</c>.</summary>
public sealed class StateRules
{
    private static readonly Dictionary<string, string> Setters = new()
    {
        ["WorkManager.Auditing.Lifecycle"] = "It goes by the tables.",
        ["WorkManager.Auditing.ItemQueue"] = "Shows on an item what a statement has written.",
        ["WorkManager.Proposing.NewOrders"] = "New rows begin as queued.",
        ["WorkManager.Providers.Sqlite.SqliteLeaseEndsSql"] = "Makes orders of the state that it has read.",
        ["WorkManager.Providers.Sqlite.SqliteSubmittingSql"] = "Makes orders and items of some columns that it has read.",
    };

    [Fact]
    public void Only_the_lifecycle_moves_rows() =>
        (from type in SourceTree.Library.Loaded.Types
         from call in type.Dependencies.OfType<MethodCallDependency>()
         where call.Target.FullName is "WorkManager.WorkOrder" or "WorkManager.WorkItem"
         where call.TargetMember.Name.StartsWith("set_State(", StringComparison.Ordinal)
         select SourceTree.Outermost(type.FullName)).Distinct().Order(StringComparer.Ordinal)
            .Should().Equal(Setters.Keys.Order(StringComparer.Ordinal));

    /// <summary>An update of many rows at once would go round the lifecycle.</summary>
    [Fact]
    public void No_update_of_many_rows_sets_a_state() =>
        RepositoryFiles.Find(SourceTree.Library.Source, "*.cs")
            .Where(path => Regex.IsMatch(RepositoryFiles.Read(path), @"SetProperty\(\s*(\w+) => \1\.State\b"))
            .Should().BeEmpty();
}
