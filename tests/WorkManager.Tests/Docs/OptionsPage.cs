using System.Globalization;
using System.Reflection;
using System.Text;
using WorkManager.Tests.Support;

namespace WorkManager.Tests.Docs;

/// <summary><c>docs/reference/options.md</c>, written from the options and the comments in the code: no option can be forgotten.</summary>
public sealed class OptionsPage
{
    private const string Root = "AddWorkManager";

    private static readonly (string Title, Type Type)[] Hosting =
    [
        ("WorkManager.Hosting: AddWorker", typeof(WorkerOptions)),
        ("WorkManager.Hosting: AddMaintenance", typeof(MaintenanceSchedule)),
        ("WorkManager.Hosting: AddHealthChecks().AddWorkManager", typeof(WorkHealthOptions)),
    ];

    [Fact]
    public void It_says_what_the_options_and_the_comments_say() => GeneratedFile.AssertIs("docs/reference/options.md", Write());

    private static string Write()
    {
        var page = new StringBuilder("""
            # Options

            <!-- Written by a test from the options and the comments in the code; see OptionsPage. -->

            Set them in `AddWorkManager(options => …)`, or bind `WorkManagerOptions` to a section of your configuration. They are checked when the application starts.
            So are those of each worker, of the housekeeping and of the health checks of `WorkManager.Hosting`, at the end.


            """);
        List<(string Title, string Comment, object Defaults, string Prefix)> sections =
            [(Root, CodeComments.Summary($"T:{typeof(WorkManagerOptions).FullName}"), new WorkManagerOptions(), "")];
        sections.AddRange(
            from property in PropertiesOf(typeof(WorkManagerOptions))
            where IsSection(property)
            select (property.Name, CodeComments.Summary(Member(property)), property.GetValue(sections[0].Defaults)!, $"{property.Name}."));
        foreach (var (title, comment, defaults, prefix) in sections)
        {
            Write(page, title == Root ? "At the top" : title, comment, PropertiesOf(defaults.GetType()).Where(p => !IsSection(p)), prefix);
        }

        Write(
            page, "[OrderType(\"key\", …)]", CodeComments.Summary($"T:{typeof(OrderTypeAttribute).FullName}"),
            PropertiesOf(typeof(OrderTypeAttribute)).Where(p => p.CanWrite), "");
        foreach (var (title, type) in Hosting)
        {
            Write(page, title, CodeComments.Summary($"T:{type.FullName}"), PropertiesOf(type), "");
        }

        return page.ToString().TrimEnd() + "\n";
    }

    private static void Write(StringBuilder page, string title, string comment, IEnumerable<PropertyInfo> options, string prefix)
    {
        page.Append(CultureInfo.InvariantCulture, $"## {title}\n\n{comment}\n\n| Option | What it is | Values |\n|---|---|---|\n");
        foreach (var option in options)
        {
            var member = Member(option);
            var values = CodeComments.Value(member) ?? throw new InvalidOperationException($"{member} says nothing of its default and its range.");
            page.Append(CultureInfo.InvariantCulture, $"| `{prefix}{option.Name}` | {CodeComments.Summary(member)} | {values} |\n");
        }

        page.Append('\n');
    }

    private static string Member(PropertyInfo property) => $"P:{property.DeclaringType!.FullName}.{property.Name}";

    private static bool IsSection(PropertyInfo property) =>
        property.PropertyType.Namespace == nameof(WorkManager) && property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal);

    private static IEnumerable<PropertyInfo> PropertiesOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).OrderBy(p => p.MetadataToken);
}
