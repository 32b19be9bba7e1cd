using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Providers.Sqlite;

/// <summary>The connections that the engine makes for itself: as the provider opens them, and with a wait for writers of other processes.</summary>
internal sealed class SqliteConnections : DbConnectionInterceptor
{
    /// <summary>
    /// Leaves out the fifteen functions of EF Core for regular expressions and decimals: no query of the engine calls them, and to register them at each
    /// opening takes longer than to open.
    /// </summary>
    public override DbConnection ConnectionCreated(ConnectionCreatedEventData eventData, DbConnection result)
    {
        // A time limit of the host's is a property of the connection that EF Core has made, and an interceptor of the host's may have made another.
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

    // Lets SQLite itself wait: the provider's own waiting sleeps 150 ms at a time.
    private static void SetBusyTimeout(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout = 5000";
        command.ExecuteNonQuery();
    }
}
