using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkManager.Changes;

/// <summary>A preview as text: for each row, what goes (<c>-</c>) and what comes (<c>+</c>).</summary>
internal static class PreviewText
{
    private const int LongestValue = 400;

    // What cannot be seen is shown afterwards, and everything else as it is.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(OrderPreview preview)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{preview.OrderType} {preview.OrderId}\n");
        foreach (var table in preview.Tables)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Show(table.Table)}: {table.Added} added, {table.Modified} modified, {table.Deleted} deleted\n");
        }

        foreach (var row in preview.Changes)
        {
            Write(row, text);
        }

        if (preview.IsCutOff)
        {
            text.Append("… and more rows: this preview cannot be approved\n");
        }

        foreach (var unseen in preview.Unseen)
        {
            text.Append(CultureInfo.InvariantCulture, $"! {unseen.Kind}, {unseen.Rows} rows, not shown: {Fold(Show(unseen.Sql.ReplaceLineEndings(" ")))}\n");
        }

        if (preview.Description?.Summary is { } summary)
        {
            text.Append(CultureInfo.InvariantCulture, $"# {Fold(Show(summary))}\n");
        }

        foreach (var obstacle in preview.Obstacles)
        {
            text.Append(CultureInfo.InvariantCulture, $"! not ready: {Fold(Show(obstacle))}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"content {preview.ContentHash?.ToString() ?? "without a hash"}\n");
        return text.ToString();
    }

    private static void Write(RowChange row, StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"@@ {Show(row.Row)} {row.Kind.ToString().ToLowerInvariant()}\n");
        foreach (var value in row.Values)
        {
            var mark = value.IsReviewed ? "" : " (not reviewed)";
            if (row.Kind != RowChangeKind.Added)
            {
                text.Append(CultureInfo.InvariantCulture, $"- {Show(value.Name)}: {Write(value.Before)}{mark}\n");
            }

            if (row.Kind != RowChangeKind.Deleted)
            {
                text.Append(CultureInfo.InvariantCulture, $"+ {Show(value.Name)}: {Write(value.After)}{mark}\n");
            }
        }
    }

    // A text of several lines stays in one.
    private static string Write(JsonNode? value) => Fold(value is JsonValue text && text.TryGetValue<string>(out var content)
        ? $"\"{Show(content).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)}\""
        : Show(value?.ToJsonString(Readable) ?? "null"));

    private static string Show(string text) => HiddenCharacters.Show(text);

    private static string Fold(string text) => text.Length <= LongestValue
        ? text
        : string.Create(CultureInfo.InvariantCulture, $"{text[..LongestValue]}… ({text.Length:N0} characters)");
}
