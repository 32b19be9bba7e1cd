using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Providers.PostgreSql;

/// <summary>Prepares the engine's commands: their texts are few, and planning a claim takes the server as long as running it.</summary>
/// <remarks>A connection that knows the text already does nothing here. Statements stay prepared while the connection is pooled.</remarks>
internal sealed class PreparedCommands : DbCommandInterceptor
{
    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        await PrepareAsync(command, cancellationToken).ConfigureAwait(false);
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        await PrepareAsync(command, cancellationToken).ConfigureAwait(false);
        return result;
    }

    // Where commands of many share a connection, Npgsql prepares by itself or not at all.
    private static Task PrepareAsync(DbCommand command, CancellationToken cancellationToken) =>
        command.Connection!.ConnectionString.Contains("Multiplexing=True", StringComparison.OrdinalIgnoreCase)
            ? Task.CompletedTask
            : command.PrepareAsync(cancellationToken);
}
