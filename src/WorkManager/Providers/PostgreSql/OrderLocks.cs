namespace WorkManager.Providers.PostgreSql;

/// <summary>
/// The statement by which a command that ends leases locks their orders first: items are locked after orders, and the next statement sees the orders as they
/// are then.
/// </summary>
/// <remarks>
/// It is a statement of its own. If one statement locked a row and then wrote it while others waited for the row, it would have to queue behind them for the
/// version that it saw first, which PostgreSQL ends as a deadlock. And it only locks: its UPDATE has a condition that is true for no row. Both statements are
/// one command, and so one transaction.
/// </remarks>
internal static class OrderLocks
{
    /// <summary>Locks the order of the one item in <c>@ids</c>.</summary>
    public static readonly string OfOne = Lock("o.id = (SELECT order_id FROM [work_items] WHERE id = (@ids)[1])");

    /// <summary>Locks the orders of the items in <c>@ids</c>.</summary>
    public static readonly string OfMany = Lock("o.id IN (SELECT order_id FROM [work_items] WHERE id = ANY(@ids))");

    /// <summary>The live ones among the orders of some items, after they were locked.</summary>
    /// <param name="items">Where the ids of the items come from.</param>
    public static string LiveOrdersOf(string items) =>
        $"""
        SELECT o.id, o.state FROM [work_orders] AS o
            WHERE o.id IN (SELECT i.order_id FROM {items} AS g JOIN [work_items] AS i ON i.id = g.id)
                AND [o.tenant] AND {QueueSql.ByKey("o.state")} IN ('queued', 'checked_out', 'in_progress')
        """;

    private static string Lock(string orders) =>
        $"""
        WITH locked AS MATERIALIZED (SELECT o.id FROM [work_orders] AS o WHERE {orders} AND [o.tenant] ORDER BY o.id FOR NO KEY UPDATE)
        UPDATE [work_orders] AS o SET revision = o.revision FROM locked AS l WHERE o.id = l.id AND l.id IS NULL;
        """;
}
