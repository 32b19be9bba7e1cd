using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Persistence.HostModel;

/// <summary>What happens before each command of a host's context inside an apply.</summary>
/// <remarks>
/// <see cref="HostTransactionGuard"/> refuses the command if host code has left the transaction of its apply: it would be committed at once, and a second
/// approval would apply it again. If the command saves, the apply is told. EF Core raises <c>SavingChanges</c> before interceptors and overrides of the host
/// have stamped rows or turned a deletion into a change; the first command comes after them.
/// </remarks>
internal sealed class HostCommands : DbCommandInterceptor
{
    public override InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        Begin(eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Begin(eventData);
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        Begin(eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Begin(eventData);
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult<object> ScalarExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<object> result)
    {
        Begin(eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        Begin(eventData);
        return ValueTask.FromResult(result);
    }

    private static void Begin(CommandEventData eventData)
    {
        HostTransactionGuard.EnsureIsInside(eventData.Context);
        if (eventData.CommandSource == CommandSource.SaveChanges)
        {
            ApplyScope.TellCommandOfSave(eventData.Context);
        }
    }
}
