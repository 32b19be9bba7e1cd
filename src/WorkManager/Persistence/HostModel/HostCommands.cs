using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Persistence.HostModel;

/// <summary>What happens before each command of a host's context inside an apply.</summary>
/// <remarks>
/// <see cref="HostTransactionGuard"/> refuses the command if host code has left the transaction of its apply: it would be committed at once, and a second
/// approval would apply it again. If the command saves, the apply is told. EF Core raises <c>SavingChanges</c> before interceptors and overrides of the host
/// have stamped rows or turned a deletion into a change; the first command comes after them. It is also told of what is written past the tracker.
/// </remarks>
internal sealed class HostCommands : BeforeCommands
{
    public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
    {
        After(command, eventData, result);
        return result;
    }

    public override ValueTask<int> NonQueryExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        After(command, eventData, result);
        return ValueTask.FromResult(result);
    }

    private static void After(DbCommand command, CommandExecutedEventData executed, int rows)
    {
        var kind = executed.CommandSource switch
        {
            CommandSource.ExecuteUpdate => "execute_update",
            CommandSource.ExecuteDelete => "execute_delete",
            CommandSource.ExecuteSqlRaw => "sql",
            _ => null,
        };
        if (kind is not null)
        {
            ApplyScope.TellWriteAroundTracker(executed.Context, kind, command.CommandText, rows);
        }
    }

    private static bool IsPastTheTracker(CommandSource source) =>
        source is CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete or CommandSource.ExecuteSqlRaw or CommandSource.FromSqlQuery;

    protected override void Before(CommandEventData command)
    {
        HostTransactionGuard.EnsureIsInside(command.Context);
        if (command.Context is { } context && IsPastTheTracker(command.CommandSource))
        {
            Governance.CheckCommand(context, command.Command.CommandText);
        }

        if (command.CommandSource == CommandSource.SaveChanges)
        {
            ApplyScope.TellCommandOfSave(command.Context);
        }
    }
}
