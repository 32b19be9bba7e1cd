using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkManager.Changes;

/// <summary>A preview as text: for each row, what goes (<c>-</c>) and what comes (<c>+</c>).</summary>
/// <param name="maxLength">How many characters of a value or text are shown.</param>
internal sealed class PreviewText(int maxLength)
{
    private readonly StringBuilder text = new();

    public static string Of(OrderPreview preview, int maxLength)
    {
        var text = new PreviewText(maxLength);
        text.Write(preview);
        return text.text.ToString();
    }

    private void Write(OrderPreview preview)
    {
        Line($"{preview.OrderType} {preview.OrderId}");
        foreach (var table in preview.Tables)
        {
            Line($"{Show(table.Table)}: {table.Added} added, {table.Modified} modified, {table.Deleted} deleted");
        }

        foreach (var row in preview.Changes)
        {
            Write(row);
        }

        if (preview.IsCutOff)
        {
            Line($"… and more rows: this preview cannot be approved");
        }

        foreach (var unseen in preview.Unseen)
        {
            Line($"! {unseen.Kind}, {unseen.Rows} rows, not shown: {Fold(unseen.Sql.ReplaceLineEndings(" "))}");
        }

        if (preview.Description?.Summary is { } summary)
        {
            Line($"# {Fold(summary)}");
        }

        foreach (var obstacle in preview.Obstacles)
        {
            Line($"! not ready: {Fold(obstacle)}");
        }

        foreach (var other in preview.OverlappingOrders)
        {
            var more = other.RowCount > other.Rows.Count ? $" and {other.RowCount - other.Rows.Count} more" : "";
            Line($"! also changed by {other.OrderType} {other.OrderId} ({StateNames.ToName(other.State)}): {Show(string.Join(", ", other.Rows))}{more}");
        }

        if (preview.HiddenCharacters.Count > 0)
        {
            Line($"! hidden characters, shown by their codes: {string.Join(", ", preview.HiddenCharacters)}");
        }

        Line($"content {preview.ContentHash?.ToString() ?? "without a hash"}");
    }

    private void Write(RowChange row)
    {
        Line($"@@ {Show(row.Row)} {row.Kind.ToString().ToLowerInvariant()}");
        foreach (var value in row.Values)
        {
            var mark = value.IsReviewed ? "" : " (not reviewed)";
            if (row.Kind != RowChangeKind.Added)
            {
                Line($"- {Show(value.Name)}: {Write(value.Before)}{mark}");
            }

            if (row.Kind != RowChangeKind.Deleted)
            {
                Line($"+ {Show(value.Name)}: {Write(value.After)}{mark}");
            }
        }
    }

    private string Write(JsonNode? value)
    {
        var text = LongText.Of(value);
        return value?.GetValueKind() == JsonValueKind.String ? Fold(text, "\"") : LongText.CanFold(value) ? Fold(text) : text;
    }

    private string Fold(string content, string quote = "")
    {
        var length = content.Length <= maxLength ? "" : string.Create(CultureInfo.InvariantCulture, $"… ({content.Length:N0} characters)");
        return $"{quote}{Show(LongText.Fold(content, maxLength))}{quote}{length}";
    }

    // A text of several lines stays in one: nothing in it looks like a line of the preview.
    private static string Show(string text) =>
        HiddenCharacters.Show(text).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);

    private void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
