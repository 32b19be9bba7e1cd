using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Tests.Shop;

/// <summary>What somebody else does just before a transaction of the library begins.</summary>
internal sealed class BeforeTransactions : DbTransactionInterceptor
{
    /// <summary>Is done once, before the next transaction.</summary>
    public Func<Task>? Once { get; set; }

    /// <summary>Is done before each transaction.</summary>
    public Func<Task>? Always { get; set; }

    /// <summary>Lets some transactions begin, and then does something once, before the one after them.</summary>
    public void After(int transactions, Func<Task> act) => Once = transactions == 0 ? act : () =>
    {
        After(transactions - 1, act);
        return Task.CompletedTask;
    };

    public override async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken)
    {
        var once = Once;
        Once = null;
        await (once?.Invoke() ?? Task.CompletedTask);
        await (Always?.Invoke() ?? Task.CompletedTask);
        return result;
    }
}
