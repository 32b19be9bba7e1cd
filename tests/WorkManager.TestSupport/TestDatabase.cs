using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace WorkManager.TestSupport;

/// <summary>A database that belongs to one test and is gone when it is disposed.</summary>
public abstract class TestDatabase : IAsyncDisposable
{
    public abstract Provider Provider { get; }

    public abstract string ConnectionString { get; }

    /// <summary>Points a context at this database, as a host's <c>AddDbContext</c> would.</summary>
    public void Configure(DbContextOptionsBuilder options)
    {
        UseProvider(options);
        options.AmongManyKinds();
    }

    /// <summary>A closed connection; the caller owns it.</summary>
    public abstract DbConnection CreateConnection();

    /// <summary>The options of a context on this database, with anything else that a test wants to add.</summary>
    public DbContextOptions<TContext> Options<TContext>(Action<DbContextOptionsBuilder<TContext>>? configure = null) where TContext : DbContext
    {
        var options = new DbContextOptionsBuilder<TContext>();
        Configure(options);
        configure?.Invoke(options);
        return options.Options;
    }

    public async Task<DbConnection> OpenConnectionAsync()
    {
        var connection = CreateConnection();
        await connection.OpenAsync();
        return connection;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = await CreateCommandAsync(sql);
        await using var connection = command.Connection;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the first row.</summary>
    public async Task<object?> ScalarAsync(string sql)
    {
        await using var command = await CreateCommandAsync(sql);
        await using var connection = command.Connection;
        return await command.ExecuteScalarAsync();
    }

    /// <summary>The first column of the first row, as a number; zero without one.</summary>
    public async Task<long> CountAsync(string sql) =>
        Convert.ToInt64(await ScalarAsync(sql) is { } value and not DBNull ? value : 0, CultureInfo.InvariantCulture);

    public abstract ValueTask DisposeAsync();

    protected abstract void UseProvider(DbContextOptionsBuilder options);

    /// <summary>Ends every connection to this database, so that it can be copied. It is not used otherwise from then on.</summary>
    internal abstract Task SealAsync();

    private async Task<DbCommand> CreateCommandAsync(string sql)
    {
        var command = (await OpenConnectionAsync()).CreateCommand();
#pragma warning disable CA2100 // Tests write their own SQL.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
