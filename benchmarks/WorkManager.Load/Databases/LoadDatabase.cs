using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using WorkManager.Load.Systems;

namespace WorkManager.Load.Databases;

/// <summary>A database that every round finds as new, whoever it is that is measured.</summary>
internal abstract class LoadDatabase : IAsyncDisposable
{
    /// <summary>The name of the provider, and of its folder of SQL.</summary>
    public abstract string Provider { get; }

    /// <summary>How a host would configure its context.</summary>
    public abstract void Configure(DbContextOptionsBuilder options);

    public abstract DbConnection CreateConnection();

    /// <summary>Empties the tables.</summary>
    public abstract Task ClearAsync();

    /// <summary>Brings statistics, files and caches to where every round begins.</summary>
    public abstract Task SettleAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Queues orders, and nothing else is in the tables.</summary>
    public async Task RefillAsync(int orders, int itemsPerOrder)
    {
        await ClearAsync();
        await ExecuteAsync("fill", ("orders", orders), ("items", itemsPerOrder));
        await SettleAsync();
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
