using System.Reflection;
using System.Text.RegularExpressions;
using WorkManager.Errors;

namespace WorkManager.Tests.Docs;

/// <summary><c>docs/reference/errors.md</c> lists every code, and says honestly which are given already.</summary>
public sealed partial class ErrorsPage
{
    private static readonly MarkdownPage Page = MarkdownPage.Read("docs/reference/errors.md");

    private static readonly FieldInfo[] Codes = typeof(WorkErrorCodes).GetFields();

    [Fact]
    public void Every_code_is_in_one_of_the_two_tables() => Assert.Equal(
        Codes.Select(ValueOf).Order(StringComparer.Ordinal),
        CodesOf("Code").Concat(CodesOf("Reserved code")).Order(StringComparer.Ordinal));

    /// <summary>A code is given if the source names it outside comments.</summary>
    [Fact]
    public void A_code_is_reserved_exactly_if_the_library_does_not_give_it()
    {
        var named = RepositoryFiles.Find("src", "*.cs")
            .Where(path => !path.EndsWith("/WorkErrorCodes.cs", StringComparison.Ordinal))
            .SelectMany(path => Use().Matches(Comment().Replace(RepositoryFiles.Read(path), "")))
            .Select(m => m.Groups[1].Value).ToHashSet();

        Assert.Equal(
            Codes.Where(c => !named.Contains(c.Name)).Select(ValueOf).Order(StringComparer.Ordinal),
            CodesOf("Reserved code").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_code_has_an_HTTP_status() => Assert.All(Page.Table("Code"), row => Assert.Matches("^[45][0-9]{2}$", row[^1].Trim()));

    [Fact]
    public void Every_exception_is_in_the_tables_and_exists()
    {
        var exceptions = typeof(WorkManagerException).Assembly.GetExportedTypes().Where(t => t.IsAssignableTo(typeof(WorkManagerException)));

        var listed = Page.Table("Code").Concat(Page.Table("Reserved code")).SelectMany(row => MarkdownPage.CodeIn(row[1]));

        Assert.Equal(exceptions.Select(t => t.Name).Order(StringComparer.Ordinal), listed.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_reason_is_listed() => Assert.Equal(
        StateNames.All<LeaseLostReason>().Concat(StateNames.All<ApprovalDeniedReason>()).Order(StringComparer.Ordinal),
        CodesOf("Reason").Order(StringComparer.Ordinal));

    [Fact]
    public void Every_code_of_a_validation_error_is_listed() => Assert.Equal(
        typeof(ValidationCodes).GetFields().Select(ValueOf).Order(StringComparer.Ordinal),
        CodesOf("Validation code").Order(StringComparer.Ordinal));

    private static IEnumerable<string> CodesOf(string table) => Page.Table(table).Select(row => MarkdownPage.CodeIn(row[0]).Single());

    private static string ValueOf(FieldInfo constant) => (string)constant.GetRawConstantValue()!;

    [GeneratedRegex(@"WorkErrorCodes\.(\w+)")]
    private static partial Regex Use();

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();
}
