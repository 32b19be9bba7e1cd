using Microsoft.EntityFrameworkCore.Diagnostics;
using WorkManager.Persistence.HostModel;

namespace WorkManager.Execution;

/// <summary>Refuses a command of the engine that would run outside the transaction of its attempt.</summary>
/// <remarks>
/// EF Core opens a connection again that was found to be lost before a command. The transaction is gone then, and the rest of the attempt would be committed
/// command by command.
/// </remarks>
internal sealed class LostTransactions : BeforeCommands
{
    // To an execution strategy, a timeout is a reason to try again.
    protected override void Before(CommandEventData command)
    {
        if (command.Context is WorkManagerDbContext { IsInTransaction: true } engine && engine.Database.CurrentTransaction is null)
        {
            throw new TimeoutException("The connection was lost, and the transaction with it.");
        }
    }
}
