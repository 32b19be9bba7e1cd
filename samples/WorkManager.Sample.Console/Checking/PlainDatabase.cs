using System.Data.Common;
using System.Text.Json;
using Countries.Database;

namespace Countries.Checking;

/// <summary>Reads the tables over a connection of its own, with SQL: what anybody would see who opens the database.</summary>
internal sealed class PlainDatabase(SampleDatabase database, Guid runId)
{
    private const string OrdersOfRun = "(SELECT work_order_id FROM import_batches WHERE run_id = @run)";

    public Task<Dictionary<string, string[]>> ReadZonesAsync(CancellationToken cancellationToken) => QueryAsync(
        "SELECT code, time_zones FROM countries",
        row => (row.GetString(0), JsonSerializer.Deserialize<string[]>(row.GetString(1))!),
        cancellationToken);

    public Task<Dictionary<string, long>> CountOrdersByStateAsync(CancellationToken cancellationToken) => QueryAsync(
        $"SELECT state, COUNT(*) FROM work_orders WHERE id IN {OrdersOfRun} GROUP BY state", Count, cancellationToken);

    public Task<Dictionary<string, long>> CountItemsByStateAsync(CancellationToken cancellationToken) => QueryAsync(
        $"SELECT state, COUNT(*) FROM work_items WHERE order_id IN {OrdersOfRun} GROUP BY state", Count, cancellationToken);

    /// <summary>Keys are <c>order submitted</c>, <c>item submitted</c> and so on.</summary>
    public Task<Dictionary<string, long>> CountEventsAsync(CancellationToken cancellationToken) => QueryAsync(
        $"""
        SELECT CASE WHEN item_id IS NULL THEN 'order ' ELSE 'item ' END || event AS name, COUNT(*)
        FROM work_events WHERE order_id IN {OrdersOfRun} GROUP BY name
        """,
        Count,
        cancellationToken);

    /// <summary>Keys are <c>user bert</c> and so on.</summary>
    public Task<Dictionary<string, long>> CountApprovalsByActorAsync(CancellationToken cancellationToken) => QueryAsync(
        $"""
        SELECT actor_type || ' ' || actor_id AS name, COUNT(*)
        FROM work_events WHERE event = 'approved' AND order_id IN {OrdersOfRun} GROUP BY name
        """,
        Count,
        cancellationToken);

    private static (string, long) Count(DbDataReader row) => (row.GetString(0), row.GetInt64(1));

    private async Task<Dictionary<string, T>> QueryAsync<T>(string sql, Func<DbDataReader, (string Key, T Value)> read, CancellationToken cancellationToken)
    {
        await using var connection = database.CreatePlainConnection();
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Put together from the constants above.
        command.CommandText = sql;
#pragma warning restore CA2100
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("run", runId);
        command.Parameters.Add(parameter);

        var result = new Dictionary<string, T>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            var (key, value) = read(rows);
            result.Add(key, value);
        }

        return result;
    }
}
