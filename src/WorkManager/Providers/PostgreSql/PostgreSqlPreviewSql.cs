using WorkManager.Applying;
using WorkManager.Execution;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Providers.PostgreSql;

/// <inheritdoc/>
internal sealed class PostgreSqlPreviewSql : IPreviewSql
{
    // PostgreSQL keeps U+0000 in json, and refuses to read any part of a value that has it. A host may describe its change by such a text.
    private static readonly OverlapStatement Overlaps = new(
        keys:
        """
        LATERAL json_object_keys(CAST(replace(CAST({0} AS text), chr(92) || 'u0000', chr(92) || 'ufffd') AS json) -> 'rows') AS k (key)
        """,
        // As it is stored: it is not read for that.
        size: "pg_column_size(d.changes)",
        names: "SELECT unnest(@names)",
        byCode: "COLLATE \"C\"",
        list: "CAST(json_agg({0}) FILTER (WHERE {1}) AS text)");

    public Task<IReadOnlyList<OverlappingOrder>> FindOverlapsAsync(WorkRows rows, Guid orderId, IReadOnlyCollection<string> names) =>
        // A name that cannot be stored as text is kept by no preview.
        Overlaps.FindAsync(rows, orderId, names.Where(StorableText.IsStorable).ToArray());
}
