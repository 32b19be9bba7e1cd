using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Persistence.HostModel;

/// <summary>
/// Tells the running apply that its context is about to send what it saves. EF Core raises <c>SavingChanges</c> before interceptors and overrides of the host
/// have stamped rows or turned a deletion into a change. Its first command comes after them. Commands of host code that has left the transaction of its apply
/// are refused: they would be committed at once, and a second approval would apply them again.
/// </summary>
internal sealed class HostSaveObserver : DbCommandInterceptor
{
    public override InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        Tell(eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Tell(eventData);
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        Tell(eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Tell(eventData);
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult<object> ScalarExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<object> result)
    {
        Tell(eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        Tell(eventData);
        return ValueTask.FromResult(result);
    }

    private static void Tell(CommandEventData eventData)
    {
        HostTransactionGuard.EnsureIsInside(eventData.Context);
        if (eventData.CommandSource == CommandSource.SaveChanges)
        {
            ApplyScope.TellCommandOfSave(eventData.Context);
        }
    }
}
