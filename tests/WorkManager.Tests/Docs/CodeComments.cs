using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace WorkManager.Tests.Docs;

/// <summary>The comments of the public members, as plain text of one line each.</summary>
internal static partial class CodeComments
{
    private static readonly Dictionary<string, XElement> Members = new[] { typeof(WorkOrder), typeof(WorkerOptions) }
        .SelectMany(type => XDocument.Load(Path.ChangeExtension(type.Assembly.Location, ".xml")).Descendants("member"))
        .ToDictionary(m => m.Attribute("name")!.Value);

    /// <param name="member">The member, as the compiler names it: <c>P:WorkManager.WorkOrder.State</c>.</param>
    public static string Summary(string member) => Find(member, "summary")
        ?? throw new InvalidOperationException($"{member} has no comment.");

    /// <summary>The comment on the value of a property; null if there is none.</summary>
    /// <param name="member">The property.</param>
    public static string? Value(string member) => Find(member, "value");

    private static string? Find(string member, string part) => Members.GetValueOrDefault(member)?.Element(part) is { } element
        ? Spaces().Replace(string.Concat(element.Nodes().Select(Plain)), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal)
        : null;

    private static string Plain(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => $"`{see.Attribute("langword")?.Value ?? see.Attribute("cref")!.Value.Split('(')[0].Split('.')[^1]}`",
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "paramref" } name => name.Attribute("name")!.Value,
        XElement other => string.Concat(other.Nodes().Select(Plain)),
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
