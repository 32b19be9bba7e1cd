using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkManager.Changes;

/// <summary>A preview as JSON.</summary>
/// <remarks>
/// Names and texts of others than the engine are written by <see cref="Mark"/>, so that none is told without its marks.
/// </remarks>
/// <param name="maxLength">How many characters of a value or text are told.</param>
internal sealed class PreviewJson(int maxLength)
{
    public static string Of(OrderPreview preview, int maxLength) => new PreviewJson(maxLength).Write(preview).ToJsonString(JsonSerializerOptions.Web);

    private JsonObject Write(OrderPreview preview) => new()
    {
        ["orderId"] = preview.OrderId,
        ["orderType"] = preview.OrderType,
        ["contentHash"] = preview.ContentHash?.ToString(),
        ["missingApprovals"] = preview.MissingApprovals,
        ["createdAt"] = preview.CreatedAt,
        ["tookMilliseconds"] = preview.Took.TotalMilliseconds,
        ["isCutOff"] = preview.IsCutOff,
        ["hiddenCharacters"] = List(preview.HiddenCharacters, code => code),
        ["obstacles"] = List(preview.Obstacles, obstacle => Mark([], ("text", obstacle))),
        ["tables"] = List(preview.Tables, Write),
        ["changes"] = List(preview.Changes, Write),
        ["unseen"] = List(preview.Unseen, Write),
        ["description"] = preview.Description is { } description ? Write(description) : null,
        ["overlappingOrders"] = List(preview.OverlappingOrders, Write),
        ["since"] = List(preview.Since, Write),
        ["notRepeatable"] = List(preview.NotRepeatable, Write),
    };

    private JsonObject Write(TableSummary table)
    {
        var told = Mark([("table", table.Table)]);
        told["added"] = table.Added;
        told["modified"] = table.Modified;
        told["deleted"] = table.Deleted;
        return told;
    }

    private JsonObject Write(RowChange row)
    {
        var told = Mark([("table", row.Table), ("row", row.Row), ("kind", JsonNamingPolicy.CamelCase.ConvertName(row.Kind.ToString()))]);
        told["values"] = List(row.Values, Write);
        return told;
    }

    private JsonObject Write(ValueChange value)
    {
        var told = Mark([("name", value.Name)], ("before", value.Before), ("after", value.After));
        told["isReviewed"] = value.IsReviewed;
        told["isRedacted"] = value.IsRedacted;
        return told;
    }

    private JsonObject Write(UnseenCommand command)
    {
        var told = Mark([("kind", command.Kind)], ("sql", command.Sql));
        told["rows"] = command.Rows;
        return told;
    }

    private JsonObject Write(WorkDiff description)
    {
        // A host may have put in objects of its own: what they tell is known once they are written.
        var parts = ((string Member, JsonObject Values)[])[("before", Plain(description.Before)), ("after", Plain(description.After))];
        var told = Mark([], ("summary", description.Summary));
        told["values"] = List(
            parts.SelectMany(part => part.Values.Select(v => v.Key)).Distinct(),
            name => Mark([("name", name)], [.. parts.Where(part => part.Values.ContainsKey(name)).Select(part => (part.Member, part.Values[name]))]));
        return told;
    }

    private JsonObject Write(OverlappingOrder order)
    {
        var told = Mark(
            [
                ("orderId", order.OrderId), ("orderType", order.OrderType), ("state", StateNames.ToName(order.State)),
                ("rows", List(order.Rows, row => row)),
            ]);
        told["rowCount"] = order.RowCount;
        return told;
    }

    private JsonObject Write(ReviewDifference difference)
    {
        if (difference is { Row: null } or { Name: null })
        {
            return Mark([("row", difference.Row), ("name", difference.Name)], ("reviewed", difference.Reviewed), ("now", difference.Now));
        }

        // A long value before does not hide the one after.
        var told = Mark([("row", difference.Row), ("name", difference.Name)]);
        told["reviewed"] = WriteChange(difference.Reviewed);
        told["now"] = WriteChange(difference.Now);
        return told;
    }

    private JsonObject? WriteChange(JsonNode? change) =>
        change is null ? null : Mark([], ("before", change["before"]), ("after", change["after"]));

    /// <summary>An object with names and texts, which says what is hidden in them, and how long a text is that is folded.</summary>
    private JsonObject Mark((string Member, JsonNode? Value)[] names, params (string Member, JsonNode? Value)[] texts)
    {
        var hidden = HiddenCharacters.In(names.Concat(texts).Select(t => t.Value));
        // All or none: whoever reads one of them knows whether a reversed solidus is doubled.
        JsonNode? Show(JsonNode? value) => hidden.Count > 0 ? HiddenCharacters.Show(value) : value?.DeepClone();
        var told = new JsonObject(names.Select(name => KeyValuePair.Create(name.Member, Show(name.Value))));
        foreach (var (member, value) in texts)
        {
            var text = LongText.CanFold(value) ? LongText.Of(value) : "";
            told[member] = Show(text.Length > maxLength ? LongText.Fold(text, maxLength) : value);
            if (text.Length > maxLength)
            {
                told[$"{member}Length"] = text.Length;
            }
        }

        if (hidden.Count > 0)
        {
            told["hiddenCharacters"] = List(hidden, code => code);
        }

        return told;
    }

    private static JsonObject Plain(JsonObject values) => JsonNode.Parse(values.ToJsonString())!.AsObject();

    private static JsonArray List<T>(IEnumerable<T> values, Func<T, JsonNode?> write) => [.. values.Select(write)];
}
