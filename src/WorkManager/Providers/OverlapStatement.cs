using System.Data.Common;
using System.Text.Json;
using WorkManager.Execution;

namespace WorkManager.Providers;

/// <summary>Finds orders that change the same rows, which both databases do by much the same text.</summary>
/// <remarks>
/// Which preview of an order is its latest one is read from the index of its decisions. What previews have kept is read of the orders that were previewed last,
/// and does not leave the database. Subqueries look up single rows: whatever its statistics say, a database does not read all decisions for them.
/// </remarks>
/// <param name="keys">The names of the rows in a kept preview <c>{0}</c>, as a table <c>k</c> with a column <c>key</c>.</param>
/// <param name="size">How many bytes a kept preview takes, of <c>d.changes</c>.</param>
/// <param name="names">The names <c>@names</c>, as what <c>IN</c> compares with.</param>
/// <param name="byCode">What makes names sort by the codes of their characters.</param>
/// <param name="list">Makes a JSON array of the values <c>{0}</c> of some rows, those where <c>{1}</c>.</param>
internal sealed class OverlapStatement(string keys, string size, string names, string byCode, string list)
{
    private const int MostRead = 1_000;
    private const int MostBytes = 16 * 1024 * 1024;
    private const int MostTold = 100;
    private const int MostNames = 10;

    private readonly Statement statement = new(
        $"""
        WITH in_review AS MATERIALIZED (
            {InReview("submitted")}
            UNION ALL
            {InReview("approved")}
        ), latest AS MATERIALIZED (
            SELECT id, type, state, preview, sum(size) OVER (ORDER BY preview DESC) AS so_far
            FROM (
                SELECT r.id, r.type, r.state, r.preview, (SELECT {size} FROM [work_decisions] AS d WHERE d.id = r.preview) AS size
                FROM in_review AS r WHERE r.preview IS NOT NULL ORDER BY r.preview DESC LIMIT {MostRead}
            ) AS previewed
        ), shared AS (
            SELECT l.id, l.type, l.state, l.preview, k.key AS name, row_number() OVER (PARTITION BY l.id ORDER BY k.key {byCode}) AS n
            FROM latest AS l CROSS JOIN {string.Format(null, keys, "(SELECT d.changes FROM [work_decisions] AS d WHERE d.id = l.preview)")}
            WHERE l.so_far <= {MostBytes} AND k.key IN ({names})
        )
        SELECT id, type, state, count(*), {string.Format(null, list, "name", $"n <= {MostNames}")}
        FROM shared GROUP BY id, type, state, preview ORDER BY preview DESC LIMIT {MostTold}
        """);

    /// <inheritdoc cref="Applying.IPreviewSql.FindOverlapsAsync"/>
    /// <param name="rows">The rows of the tenant.</param>
    /// <param name="orderId">The order that is not meant.</param>
    /// <param name="names">The names of the rows, as the database takes a list.</param>
    public Task<IReadOnlyList<OverlappingOrder>> FindAsync(WorkRows rows, Guid orderId, object names) =>
        statement.RowsAsync(rows, databaseClock: true, Read, ("order", orderId), ("names", names));

    // Apart for each state: so the index of the tenant's review queue can be used, which holds what is submitted.
    private static string InReview(string state) =>
        $"""
        SELECT o.id, o.type, o.state, (
            SELECT d.id FROM [work_decisions] AS d
            WHERE d.order_id = o.id AND d.decision = '{WorkDecision.Preview}' AND [d.tenant] ORDER BY d.created_at DESC, d.id DESC LIMIT 1
        ) AS preview
        FROM [work_orders] AS o
        WHERE o.state = '{state}' AND [o.tenant] AND o.id <> @order
        """;

    private static OverlappingOrder Read(DbDataReader row) => new(
        row.GetGuid(0), row.GetString(1), StateNames.Parse<OrderState>(row.GetString(2)),
        [.. JsonSerializer.Deserialize<string[]>(row.GetString(4), JsonSerializerOptions.Web)!.Order(StringComparer.Ordinal)], row.GetInt32(3));
}
