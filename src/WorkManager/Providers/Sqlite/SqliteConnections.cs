using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Providers.Sqlite;

/// <summary>Sets up the connections that the engine opens itself: plain ones, which wait for writers of other processes.</summary>
internal sealed class SqliteConnections : DbConnectionInterceptor
{
    /// <summary>
    /// Leaves out the fifteen functions that EF Core registers for regular expressions and decimals. No query of the engine calls them, and registering them
    /// takes longer than opening the connection.
    /// </summary>
    public override DbConnection ConnectionCreated(ConnectionCreatedEventData eventData, DbConnection result)
    {
        // Keeps a command timeout of the host's, which is a property of the connection that EF Core created, and a connection that an interceptor replaced.
        if (eventData.Context is not { } db || db.Database.GetCommandTimeout() is not null || db.HasInterceptor<IDbConnectionInterceptor>(except: this))
        {
            return result;
        }

        var plain = DbProviderFactories.GetFactory(result)!.CreateConnection()!;
        plain.ConnectionString = result.ConnectionString;
        result.Dispose();
        return plain;
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => SetBusyTimeout(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        SetBusyTimeout(connection);
        return Task.CompletedTask;
    }

    // SQLite itself waits for the lock. The provider's own retries sleep 150 ms each.
    private static void SetBusyTimeout(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout = 5000";
        command.ExecuteNonQuery();
    }
}
