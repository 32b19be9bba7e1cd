using System.Text.Json;
using System.Text.Json.Nodes;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Changes;

/// <summary>What an approval is for: what an order applies, and what that changes.</summary>
/// <param name="Order">The order.</param>
/// <param name="Items">Its items that have a result.</param>
/// <param name="Rows">The rows that change, without those that are left out.</param>
/// <param name="Tables">How many rows change, by table.</param>
/// <param name="Values">A digest of the reviewed values, also of those that are not told.</param>
/// <param name="Description">What the order type says of the change.</param>
/// <param name="Unseen">What went past the change tracker.</param>
/// <param name="IsCutOff">Whether rows are left out.</param>
internal sealed record ReviewedContent(
    WorkOrder Order, IReadOnlyList<WorkItem> Items, IReadOnlyList<RowChange> Rows, IReadOnlyList<TableSummary> Tables, JsonNode Values, WorkDiff? Description,
    IReadOnlyList<UnseenCommand> Unseen, bool IsCutOff)
{
    /// <summary>One hash for one content: neither ids that the database gives, nor the order of columns and rows count.</summary>
    public ContentHash Hash()
    {
        var whole = new JsonObject
        {
            ["type"] = Order.Type,
            ["version"] = Order.TypeVersion,
            ["payload"] = Order.PayloadHash,
            ["results"] = Results(),
            ["values"] = Values.DeepClone(),
            ["description"] = Description is null ? null : JsonNode.Parse(Description.ToJson()),
            ["unseen"] = UnseenAsJson(),
        };
        return ContentHash.Parse(CanonicalJson.Hash(JsonSerializer.SerializeToElement(whole)));
    }

    /// <summary>What is kept of a preview, to say later what has changed since.</summary>
    public string ToJson() => new JsonObject
    {
        ["payload"] = Order.PayloadHash,
        ["results"] = Results(),
        ["rows"] = RowsAsJson(),
        ["description"] = Description is null ? null : JsonNode.Parse(Description.ToJson()),
        ["unseen"] = UnseenAsJson(),
    }.ToJsonString(JsonSerializerOptions.Web);

    /// <summary>What is not as it was when <paramref name="reviewed"/> was kept.</summary>
    public IReadOnlyList<ReviewDifference> DifferencesSince(string reviewed)
    {
        var (then, now) = (JsonNode.Parse(reviewed)!.AsObject(), JsonNode.Parse(ToJson())!.AsObject());
        var found = new List<ReviewDifference>();
        foreach (var part in (string[])["payload", "results", "description", "unseen"])
        {
            Compare(null, part, then[part], now[part], found);
        }

        var (rowsThen, rowsNow) = (then["rows"]!.AsObject(), now["rows"]!.AsObject());
        foreach (var row in rowsThen.Select(r => r.Key).Union(rowsNow.Select(r => r.Key)))
        {
            if (rowsThen[row] is not JsonObject before || rowsNow[row] is not JsonObject after)
            {
                Compare(row, null, rowsThen[row], rowsNow[row], found);
                continue;
            }

            foreach (var name in before.Select(v => v.Key).Union(after.Select(v => v.Key)))
            {
                Compare(row, name, before[name], after[name], found);
            }
        }

        // The hashes differ, so that something does.
        return found.Count > 0 ? found : [new(null, "redacted", null, null)];
    }

    private static void Compare(string? row, string? name, JsonNode? then, JsonNode? now, List<ReviewDifference> found)
    {
        if (!JsonNode.DeepEquals(then, now))
        {
            found.Add(new(row, name, then?.DeepClone(), now?.DeepClone()));
        }
    }

    private JsonObject Results() => new(Items.OrderBy(i => i.Id).Select(i => KeyValuePair.Create(i.Id.ToString(), (JsonNode?)i.ResultHash)));

    private JsonArray UnseenAsJson() => [.. Unseen.Select(u => new JsonObject { ["kind"] = u.Kind, ["sql"] = u.Sql, ["rows"] = u.Rows })];

    private JsonObject RowsAsJson() => new(Rows.Select(row => KeyValuePair.Create(row.Row, (JsonNode?)new JsonObject(
        row.Values.Where(v => v.IsReviewed).Select(v => KeyValuePair.Create(v.Name, (JsonNode?)new JsonObject
        {
            ["before"] = v.Before?.DeepClone(), ["after"] = v.After?.DeepClone(),
        }))))));
}
