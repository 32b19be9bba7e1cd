using System.Text.Json.Nodes;

namespace WorkManager.Changes;

/// <summary>The rows that an apply changes, over all of its saves.</summary>
internal sealed class RowsForReview
{
    /// <summary>What is shown in the place of a value that is shown to nobody.</summary>
    public const string Redacted = "(redacted)";

    private readonly OrderedDictionary<string, Row> rows = [];

    /// <summary>A row is added, or a part of one that shares it.</summary>
    public void Add(string table, string row, IEnumerable<ReviewedValue> values) => Of(table, row, RowChangeKind.Added).Merge(values, (_, value) => value);

    /// <summary>Values of a row change. Those of a row that is new are part of its addition.</summary>
    public void Modify(string table, string row, bool isNew, IEnumerable<ReviewedValue> values) =>
        Of(table, row, isNew ? RowChangeKind.Added : RowChangeKind.Modified).Merge(values, KeepBefore);

    /// <summary>A value that shares the row of its owner is new. It may take the place of another one.</summary>
    public void AddPart(string table, string row, bool isNew, IEnumerable<ReviewedValue> values)
    {
        var changed = Of(table, row, isNew ? RowChangeKind.Added : RowChangeKind.Modified);
        changed.Merge(values, (known, value) => known with { After = value.After });
    }

    /// <summary>A value that shares the row of its owner is deleted. Another one may take its place.</summary>
    public void DeletePart(string table, string row, bool isNew, IEnumerable<ReviewedValue> values)
    {
        var changed = Of(table, row, isNew ? RowChangeKind.Added : RowChangeKind.Modified);
        changed.Merge(values, (known, value) => known with { Before = value.Before });
    }

    /// <summary>A row is deleted. One that was new was never there.</summary>
    public void Delete(string table, string row, bool isNew, IEnumerable<ReviewedValue> values)
    {
        if (isNew)
        {
            rows.Remove(row);
            return;
        }

        var deleted = Of(table, row, RowChangeKind.Deleted);
        deleted.Kind = RowChangeKind.Deleted;
        deleted.Merge(values, KeepBefore);
    }

    /// <summary>How many rows change, by table.</summary>
    public IReadOnlyList<TableSummary> Tables() =>
    [
        .. rows.Values.GroupBy(r => r.Table).Select(g => new TableSummary(
            g.Key, g.Count(r => r.Kind == RowChangeKind.Added), g.Count(r => r.Kind == RowChangeKind.Modified), g.Count(r => r.Kind == RowChangeKind.Deleted))),
    ];

    /// <summary>The first rows, as they are shown.</summary>
    public IReadOnlyList<RowChange> Show(int most) => [.. rows.Take(most).Select(row => row.Value.Show(row.Key))];

    public int Count => rows.Count;

    /// <summary>The reviewed values as they are, for a hash.</summary>
    public JsonObject Values() => new(rows.Select(row => KeyValuePair.Create(row.Key, (JsonNode?)row.Value.Values())));

    /// <summary>A row that is saved twice keeps the values from before the first time, and has those of after the last.</summary>
    private static ReviewedValue KeepBefore(ReviewedValue known, ReviewedValue value) => value with { Before = known.Before };

    private Row Of(string table, string row, RowChangeKind kind)
    {
        if (!rows.TryGetValue(row, out var known))
        {
            rows[row] = known = new Row(table, kind);
        }

        return known;
    }

    private sealed class Row(string table, RowChangeKind kind)
    {
        private readonly OrderedDictionary<string, ReviewedValue> values = [];

        public string Table => table;

        public RowChangeKind Kind { get; set; } = kind;

        public void Merge(IEnumerable<ReviewedValue> changed, Func<ReviewedValue, ReviewedValue, ReviewedValue> combine)
        {
            foreach (var value in changed)
            {
                values[value.Name] = values.TryGetValue(value.Name, out var known) ? combine(known, value) : value;
            }

            if (Kind == RowChangeKind.Deleted)
            {
                foreach (var (name, value) in values.ToList())
                {
                    values[name] = value with { After = null };
                }
            }
        }

        public RowChange Show(string name) => new(table, name, Kind, [.. values.Values.Select(v => new ValueChange(
            v.Name, Show(v.Before, v.IsRedacted), Show(v.After, v.IsRedacted), v.IsReviewed, v.IsRedacted))]);

        public JsonObject Values()
        {
            var reviewed = new JsonObject { ["kind"] = (int)Kind };
            foreach (var value in values.Values.Where(v => v.IsReviewed))
            {
                reviewed[$"v {value.Name}"] = new JsonArray(value.Before?.DeepClone(), value.After?.DeepClone());
            }

            return reviewed;
        }

        private static JsonNode? Show(JsonNode? value, bool isRedacted) => value is null ? null : isRedacted ? Redacted : value.DeepClone();
    }
}
