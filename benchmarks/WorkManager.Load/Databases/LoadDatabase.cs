using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Databases;

/// <summary>A database that every round finds as new, whoever it is that is measured.</summary>
internal abstract class LoadDatabase : IAsyncDisposable
{
    private const int OrdersOfPart = 5_000;

    /// <summary>The name of the provider, and of its folder of SQL.</summary>
    public abstract string Provider { get; }

    /// <summary>How many can write at the same time.</summary>
    protected abstract int Writers { get; }

    /// <summary>How a host would configure its context.</summary>
    public abstract void Configure(DbContextOptionsBuilder options);

    public abstract DbConnection CreateConnection();

    /// <summary>Empties the tables.</summary>
    public abstract Task ClearAsync();

    /// <summary>Brings statistics, files and caches to where every round begins.</summary>
    public abstract Task SettleAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Queues orders, and nothing else is in the tables.</summary>
    public async Task RefillAsync(int orders, int itemsPerOrder, Action<int>? progress = null)
    {
        await ClearAsync();
        await InsertAsync("fill", orders, progress, ("items", itemsPerOrder));
        await SettleAsync();
    }

    /// <summary>Runs a file that inserts orders from one number to another, some at a time, and tells how many there are.</summary>
    public async Task InsertAsync(string file, int orders, Action<int>? progress, params (string Name, object Value)[] values)
    {
        var done = 0;
        var parts = Enumerable.Range(1, orders).Chunk(OrdersOfPart);
        await Parallel.ForEachAsync(parts, new ParallelOptions { MaxDegreeOfParallelism = Writers }, async (part, _) =>
        {
            await ExecuteAsync(file, [.. values, ("first", part[0]), ("last", part[^1])]);
            progress?.Invoke(Interlocked.Add(ref done, part.Length));
        });
    }

    /// <summary>What is in the tables, a line for rows that look the same, with their number.</summary>
    public async Task<IReadOnlyList<string>> ReadRowsAsync()
    {
        await using var connection = CreateConnection();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = SqlFile.Read(Provider, "rows");
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add($"{reader.GetInt64(1)} × {reader.GetString(0)}");
        }

        return lines;
    }

    /// <summary>Runs a file of SQL in one transaction.</summary>
    public async Task ExecuteAsync(string file, params (string Name, object Value)[] values)
    {
        var known = new Dictionary<string, object>
        {
            ["type"] = LoadWork.Key, ["payload"] = Documents.Order, ["input"] = Documents.Input, ["now"] = TimeProvider.System.GetUtcNow().UtcDateTime,
        };
        foreach (var (name, value) in values)
        {
            known[name] = value;
        }

        await using var connection = CreateConnection();
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var statement in SqlFile.ReadStatements(Provider, file))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            command.CommandTimeout = 0;
            command.Transaction = transaction;
            foreach (var name in SqlFile.ParametersOf(statement))
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                parameter.Value = known[name];
                command.Parameters.Add(parameter);
            }

            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    protected async Task ExecuteTextAsync(params string[] statements)
    {
        await using var connection = CreateConnection();
        await connection.OpenAsync();
        foreach (var statement in statements)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Makes the tables of the library and of the host.</summary>
    protected async Task CreateTablesAsync()
    {
        await using var host = new WorkManagerHost(this);
        await host.CreateTablesAsync();
    }
}
