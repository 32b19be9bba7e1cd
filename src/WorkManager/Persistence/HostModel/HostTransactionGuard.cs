using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Persistence.HostModel;

/// <summary>
/// Keeps host code inside an apply from ending the transaction of the apply, or beginning another one: what it had changed until then would stay, and a second
/// approval would apply it twice.
/// </summary>
internal sealed class HostTransactionGuard : DbTransactionInterceptor, ISaveChangesInterceptor
{
    // What its commands throw, a save wraps into an exception of its own.
    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        EnsureIsInside(eventData.Context);
        return result;
    }

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        EnsureIsInside(eventData.Context);
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult<DbTransaction> TransactionStarting(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result)
    {
        Check(eventData.Context, "begin a transaction");
        return result;
    }

    public override ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result,
        CancellationToken cancellationToken = default)
    {
        Check(eventData.Context, "begin a transaction");
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        Check(eventData.Context, "commit");
        return result;
    }

    public override ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        Check(eventData.Context, "commit");
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult TransactionRollingBack(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        Check(eventData.Context, "roll back");
        return result;
    }

    public override ValueTask<InterceptionResult> TransactionRollingBackAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        Check(eventData.Context, "roll back");
        return ValueTask.FromResult(result);
    }

    /// <summary>Refuses a command of host code that runs outside the transaction of its apply. Who disposes of a transaction calls no interceptor.</summary>
    public static void EnsureIsInside(DbContext? context)
    {
        if (ApplyScope.IsHostCode && context?.Database.CurrentTransaction is null)
        {
            Check(context, "leave it");
        }
    }

    private static void Check(DbContext? context, string what)
    {
        if (ApplyScope.IsHostCode && context == ApplyScope.Host)
        {
            throw new WorkManagerException(
                WorkErrorCodes.TransactionNotAllowed,
                $"An apply runs in the transaction of its approval, so it must not {what}. WorkManager saves and commits after it. To change nothing, throw an "
                + "exception.");
        }
    }
}
