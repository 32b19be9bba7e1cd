namespace WorkManager.Providers.PostgreSql;

/// <summary>Locks the orders of items before the items: by their ids, and so that the next statement sees the orders as they are then.</summary>
/// <remarks>
/// A lock is a statement of its own. If one statement locked a row and then wrote it while others waited for the row, it would have to queue behind them for
/// the version that it saw first, which PostgreSQL ends as a deadlock.
/// </remarks>
internal static class OrderLocks
{
    /// <summary>Locks the orders of the items in <c>@ids</c>, without changing them.</summary>
    public static readonly Statement InTurn = new(
        "SELECT id FROM [work_orders] WHERE id IN (SELECT order_id FROM [work_items] WHERE id = ANY(@ids)) AND [tenant] ORDER BY id FOR NO KEY UPDATE");

    // These only lock: their UPDATE has a condition that is true for no row. A command that began with a SELECT would have two answers.

    /// <summary>The lock of the order of the one item in <c>@ids</c>, as the first statement of a command.</summary>
    public static readonly string OfOne = Lock("o.id = (SELECT order_id FROM [work_items] WHERE id = (@ids)[1])");

    /// <summary>The lock of the orders of the items in <c>@ids</c>, as the first statement of a command.</summary>
    public static readonly string OfMany = Lock("o.id IN (SELECT order_id FROM [work_items] WHERE id = ANY(@ids))");

    /// <summary>The live ones among the orders of the items in <c>given</c>, after they were locked.</summary>
    public static readonly string LiveOrders =
        $"""
        SELECT o.id, o.state FROM [work_orders] AS o
            WHERE o.id IN (SELECT i.order_id FROM given AS g JOIN [work_items] AS i ON i.id = g.id)
                AND [o.tenant] AND {QueueSql.ByKey("o.state")} IN ('queued', 'checked_out', 'in_progress')
        """;

    private static string Lock(string orders) =>
        $"""
        WITH locked AS MATERIALIZED (SELECT o.id FROM [work_orders] AS o WHERE {orders} AND [o.tenant] ORDER BY o.id FOR NO KEY UPDATE)
        UPDATE [work_orders] AS o SET revision = o.revision FROM locked AS l WHERE o.id = l.id AND l.id IS NULL;
        """;
}
