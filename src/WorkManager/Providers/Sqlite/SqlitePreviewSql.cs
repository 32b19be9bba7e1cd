using System.Text.Json;
using WorkManager.Applying;
using WorkManager.Execution;

namespace WorkManager.Providers.Sqlite;

/// <inheritdoc/>
internal sealed class SqlitePreviewSql : IPreviewSql
{
    private static readonly OverlapStatement Overlaps = new(
        keys: "json_each({0}, '$.rows') AS k",
        size: "length(d.changes)",
        names: "SELECT value FROM json_each(@names)",
        byCode: "COLLATE BINARY",
        list: "json_group_array({0}) FILTER (WHERE {1})");

    public Task<IReadOnlyList<OverlappingOrder>> FindOverlapsAsync(WorkRows rows, Guid orderId, IReadOnlyCollection<string> names) =>
        Overlaps.FindAsync(rows, orderId, JsonSerializer.Serialize(names, JsonSerializerOptions.Web));
}
