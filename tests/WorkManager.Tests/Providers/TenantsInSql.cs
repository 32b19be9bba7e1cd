using System.Text.RegularExpressions;
using AwesomeAssertions;

namespace WorkManager.Tests.Providers;

/// <summary>Every statement that reads or writes work has a condition on the tenant, or stands here with the reason why it needs none.</summary>
public sealed partial class TenantsInSql
{
    private const string ByLockedId = "Reads or writes rows by the ids that a statement before it found under the condition, in the same transaction.";

    private const string OfSession = "Counts in the tenants that the session sees, also while an operation claims from one of them: @within.";

    private static readonly Dictionary<string, string> Without = new()
    {
        ["PostgreSqlLeasingSql.Tenants"] = "Lists the tenants.",
        ["SqliteLeasingSql.Tenants"] = "Lists the tenants.",
        ["PostgreSqlLeasingSql.CountOfAgent"] = OfSession,
        ["SqliteLeasingSql.CountOfAgent"] = OfSession,
        ["SqliteDialect.Awaited"] = ByLockedId,
        ["SqliteLeasingSql.Lease"] = ByLockedId,
        ["SqliteLeasingSql.Open"] = ByLockedId,
        ["SqliteLeaseEndsSql.StoreFailed"] = ByLockedId,
        ["SqliteLeaseEndsSql.StoreReleased"] = ByLockedId,
        ["SqliteLeaseEndsSql.Idle"] = ByLockedId,
        ["SqliteLeaseEndsSql.StoreOrders"] = ByLockedId,
        ["SqliteSubmittingSql.StoreItems"] = ByLockedId,
        ["SqliteSubmittingSql.StoreOrders"] = ByLockedId,
    };

    public static TheoryData<string> Names => [.. SqlTexts.All.Where(s => s.Any(t => Table().IsMatch(t))).Select(s => s.Key)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_statement_on_work_has_a_condition_on_the_tenant(string name)
    {
        foreach (var text in SqlTexts.All[name])
        {
            Condition().IsMatch(text).Should().Be(!Without.ContainsKey(name), "of {0}: {1}", name, text);
        }
    }

    /// <summary>Each part of a text that takes rows by the caller's ids has the condition, not only one of them.</summary>
    [Theory]
    [InlineData("PostgreSqlSubmittingSql.Store", 3)]
    [InlineData("PostgreSqlSubmittingSql.Refuse", 1)]
    [InlineData("PostgreSqlLeasingSql.Beats", 1)]
    [InlineData("PostgreSqlLeaseEndsSql.Failures", 3)]
    [InlineData("PostgreSqlLeaseEndsSql.Releases", 3)]
    [InlineData("PostgreSqlPreviewSql.Overlaps", 4)]
    [InlineData("SqlitePreviewSql.Overlaps", 4)]
    public void A_statement_of_several_parts_has_it_in_each_that_takes_ids(string name, int conditions) =>
        SqlTexts.All[name].Should().OnlyContain(text => Condition().Count(text) == conditions);

    [Fact]
    public void No_exception_is_left_of_a_statement_that_is_gone() => SqlTexts.All.Select(s => s.Key).Should().Contain(Without.Keys);

    [Theory]
    [InlineData("SELECT id FROM [work_items] WHERE id = @id", false)]
    [InlineData("SELECT tenant_id FROM [work_items] WHERE id = @id", false)]
    [InlineData("SELECT id FROM [work_items] WHERE id = @id AND [tenant]", true)]
    [InlineData("SELECT id FROM [work_items] AS i WHERE [i.tenant]", true)]
    [InlineData("SELECT id FROM [work_items] WHERE ([all_tenants] OR tenant_id IS NOT DISTINCT FROM @tenant)", true)]
    [InlineData("SELECT id FROM [work_items] WHERE tenant_id = @from", true)]
    public void A_condition_is_told_from_a_column(string text, bool expected) => Condition().IsMatch(text).Should().Be(expected);

    [GeneratedRegex(@"\[work_\w+\]")]
    private static partial Regex Table();

    [GeneratedRegex(@"\[(\w\.)?tenant\]|\[all_tenants\] OR \+?tenant_id (=|IS NOT DISTINCT FROM) @tenant|tenant_id = (@from|t\.id)")]
    private static partial Regex Condition();
}
