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

    /// <summary>Is done once, before the transaction after the next one.</summary>
    public void Second(Func<Task> act) => Once = () =>
    {
        Once = act;
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
