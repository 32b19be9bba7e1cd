using System.Data.Common;

namespace WorkManager.Tests.Plans;

/// <summary>What a database knows of its tables when it makes a plan. A queue fills faster than statistics are taken: no plan may depend on them.</summary>
/// <param name="Name">Says it in a message.</param>
/// <param name="Commands">Brings it about.</param>
internal sealed record Statistics(string Name, params string[] Commands)
{
    public static Statistics[] OnSqlite { get; } = All("ANALYZE");

    public static Statistics[] OnPostgreSql { get; } = All("VACUUM ANALYZE");

    public async Task TakeAsync(DbConnection connection)
    {
        foreach (var text in Commands)
        {
            await ExecuteAsync(connection, text);
        }
    }

    public static async Task ExecuteAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Tests write their own SQL.
        command.CommandText = sql;
#pragma warning restore CA2100
        // Filling takes its time.
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    public override string ToString() => Name;

    private static Statistics[] All(string analyze) =>
    [
        new("no statistics"),
        new(
            "statistics of an idle queue",
            "CREATE TABLE was_ready AS SELECT id, ready_at FROM work_items WHERE ready_at IS NOT NULL",
            "CREATE UNIQUE INDEX was_ready_id ON was_ready (id)",
            "UPDATE work_items SET ready_at = NULL WHERE ready_at IS NOT NULL",
            analyze,
            "UPDATE work_items SET ready_at = (SELECT ready_at FROM was_ready AS w WHERE w.id = work_items.id) WHERE id IN (SELECT id FROM was_ready)"),
        new("fresh statistics", analyze),
    ];
}
