using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Providers.PostgreSql;

/// <summary>Prepares the engine's commands. There are few different texts, and the server needs as long to plan a claim as to run it.</summary>
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

    // With multiplexing, several callers share a connection, and Npgsql does not allow explicit preparation.
    private static Task PrepareAsync(DbCommand command, CancellationToken cancellationToken) =>
        command.Connection!.ConnectionString.Contains("Multiplexing=True", StringComparison.OrdinalIgnoreCase)
            ? Task.CompletedTask
            : command.PrepareAsync(cancellationToken);
}
