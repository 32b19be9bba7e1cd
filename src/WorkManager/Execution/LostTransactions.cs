using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Execution;

/// <summary>Refuses a command of the engine that would run outside the transaction of its attempt.</summary>
/// <remarks>
/// EF Core opens a connection again that was found to be lost before a command. The transaction is gone then, and the rest of the attempt would be committed
/// command by command.
/// </remarks>
internal sealed class LostTransactions : DbCommandInterceptor
{
    public override InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        EnsureIsInside(eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        EnsureIsInside(eventData);
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        EnsureIsInside(eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        EnsureIsInside(eventData);
        return ValueTask.FromResult(result);
    }

    // To an execution strategy, a timeout is a reason to try again.
    private static void EnsureIsInside(CommandEventData eventData)
    {
        if (eventData.Context is WorkManagerDbContext { IsInTransaction: true } engine && engine.Database.CurrentTransaction is null)
        {
            throw new TimeoutException("The connection was lost, and the transaction with it.");
        }
    }
}
