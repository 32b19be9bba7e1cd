using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace WorkManager.Tests.WholeRows;

/// <summary>Rows as text that is the same in every run: ids have names, times are told from now, and hashes by what they are taken over.</summary>
internal sealed partial class RowText(DateTime now, string traceId)
{
    public const string Nothing = "Nothing.\n";

    private readonly Dictionary<Guid, string> ids = [];
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> hashes = new(StringComparer.Ordinal);

    /// <summary>Names an id. Others are named when they are met.</summary>
    public void Name(Guid id, string name) => ids.Add(id, name);

    /// <summary>Makes the hash of a text known. Ids in it are told by the names that they have.</summary>
    public void Hash(string text) =>
        hashes[HashOf(text)] = $"sha256 of {ids.Aggregate(text, (told, id) => told.Replace($"{id.Key}", id.Value, StringComparison.Ordinal))}";

    /// <summary>What was added, changed and removed.</summary>
    /// <param name="before">The rows before.</param>
    /// <param name="after">The rows after.</param>
    /// <param name="inAnyOrder">Whether events may be added in any order: they are told in that of their texts.</param>
    public string Difference(IReadOnlyList<StoredRow> before, IReadOnlyList<StoredRow> after, bool inAnyOrder = false)
    {
        var old = before.ToDictionary(r => (r.Table, r.Key));
        var rows = new List<string>();
        foreach (var table in after.GroupBy(r => r.Table))
        {
            var added = table.Where(r => !old.ContainsKey((r.Table, r.Key))).Select(Added).ToList();
            rows.AddRange((inAnyOrder ? added.Order(StringComparer.Ordinal) : added.AsEnumerable()).Select((row, i) =>
                string.Create(CultureInfo.InvariantCulture, $"added to {table.Key}: {i + 1}\n{row}")));
            rows.AddRange(
                from row in table
                let was = old.GetValueOrDefault((row.Table, row.Key))
                where was is not null && row.Cells.Any(c => !Equals(c.Value, was.Cells[c.Key]))
                select Changed(was, row));
        }

        rows.AddRange(before.ExceptBy(after.Select(r => (r.Table, r.Key)), r => (r.Table, r.Key)).Select(r => $"removed from {r.Table}: {Tell(r, "", r.Key)}\n"));
        return rows.Count == 0 ? Nothing : string.Join('\n', rows);
    }

    private string Added(StoredRow row)
    {
        var filled = row.Cells.Where(c => c.Value is not null && !(c.Key == "id" && row.Key is long));
        var empty = row.Cells.Where(c => c.Value is null).Select(c => c.Key).ToList();
        return string.Concat(filled.Select(c => $"    {c.Key}: {Tell(row, c.Key, c.Value)}\n"))
            + (empty.Count == 0 ? "" : $"    null: {string.Join(", ", empty)}\n");
    }

    private string Changed(StoredRow was, StoredRow row) =>
        $"changed in {row.Table}: {Tell(row, "", row.Key)}\n" + string.Concat(row.Cells.Where(c => !Equals(c.Value, was.Cells[c.Key])).Select(c =>
            $"    {c.Key}: {Tell(was, c.Key, was.Cells[c.Key])} → {Tell(row, c.Key, c.Value)}\n"));

    private string Tell(StoredRow row, string column, object? value) => value switch
    {
        null => "null",
        Guid id => NameOf(id, column == "operation_id" ? "call" : row.Table),
        DateTime time => Tell(time),
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        string hash when row.Table == "work_events" && column == "content_hash" && hash == DigestOf(row) => "digest of payload, diff and message",
        string hash when hashes.TryGetValue(hash, out var of) => Shorten(of),
        string { Length: 64 } when row.Table == "work_decisions" && column == "content_hash" => "hash of what was reviewed",
        string text => Tell(text),
        _ => throw new NotSupportedException($"A {value.GetType().Name} has no text."),
    };

    private string Tell(DateTime time) => (time - now) switch
    {
        { Ticks: 0 } => "now",
        { Ticks: > 0 } later => string.Create(CultureInfo.InvariantCulture, $"now + {later.TotalMicroseconds / 1e6:0.######} s"),
        var earlier => string.Create(CultureInfo.InvariantCulture, $"now - {-earlier.TotalMicroseconds / 1e6:0.######} s"),
    };

    private string Tell(string text) => text switch
    {
        "" => "\"\"",
        // Which span is in the hands of those who listen.
        _ when text.StartsWith($"00-{traceId}-", StringComparison.Ordinal) => "of this trace",
        // It has the ids of items in it.
        _ => ReviewedHash().Replace(Ids().Replace(Shorten(text), id => NameOf(Guid.Parse(id.Value), "id")), "$1hash of what was reviewed"),
    };

    private string NameOf(Guid id, string kind)
    {
        if (!ids.TryGetValue(id, out var name))
        {
            counts[kind] = counts.GetValueOrDefault(kind) + 1;
            ids.Add(id, name = string.Create(CultureInfo.InvariantCulture, $"{kind} {counts[kind]}"));
        }

        return name;
    }

    private static string DigestOf(StoredRow row) =>
        HashOf(string.Join('\u001F', row.Cells["payload"], row.Cells["diff"], row.Cells["message"]));

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Shorten(string text) =>
        Repetitions().Replace(text, many => string.Create(CultureInfo.InvariantCulture, $"{many.Value[0]}…×{many.Length}"));

    [GeneratedRegex(@"(.)\1{99,}", RegexOptions.Singleline)]
    private static partial Regex Repetitions();

    [GeneratedRegex("(\"content_hash\":\")[0-9a-f]{64}")]
    private static partial Regex ReviewedHash();

    [GeneratedRegex("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")]
    private static partial Regex Ids();
}
