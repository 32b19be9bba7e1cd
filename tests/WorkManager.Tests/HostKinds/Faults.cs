using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Tests.HostKinds;

/// <summary>Where on its way to the database an operation fails.</summary>
public enum Fault
{
    None,
    Connecting,
    Beginning,

    /// <summary>In the order type's apply, with its rows already written.</summary>
    Applying,

    /// <summary>As <see cref="Applying"/>, and the connection is gone as well.</summary>
    Disconnecting,

    /// <summary>When the host's rows are written.</summary>
    Saving,
    Committing,

    /// <summary>After the commit: it is done, and nobody is told.</summary>
    CommitAnswer,
}

/// <summary>Interceptors of a host's, which fail once told to with an error that passes.</summary>
internal sealed class Faults : IDbConnectionInterceptor, IDbTransactionInterceptor, IDbCommandInterceptor
{
    private Fault armed;
    private int times;

    public int Thrown { get; private set; }

    /// <summary>What somebody else does after the failure, before the next connection is opened.</summary>
    public Func<Task>? Meanwhile { get; set; }

    public void Arm(Fault fault, int times = 1)
    {
        armed = fault;
        this.times = times;
    }

    /// <summary>Whether it is time to fail here.</summary>
    public bool Take(Fault fault)
    {
        if (armed != fault || times == 0)
        {
            return false;
        }

        times--;
        Thrown++;
        return true;
    }

    public void Hit(Fault fault)
    {
        if (Take(fault))
        {
            throw new TimeoutException($"{fault} took too long.");
        }
    }

    public async ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken)
    {
        Hit(Fault.Connecting);
        if (Thrown > 0 && Meanwhile is { } others)
        {
            Meanwhile = null;
            await others();
        }

        return result;
    }

    public ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken)
    {
        Hit(Fault.Beginning);
        return ValueTask.FromResult(result);
    }

    public ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken)
    {
        Hit(Fault.Committing);
        return ValueTask.FromResult(result);
    }

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken)
    {
        Hit(Fault.CommitAnswer);
        return Task.CompletedTask;
    }

    public ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken)
    {
        if (command.CommandText.Contains("INSERT INTO", StringComparison.Ordinal))
        {
            Hit(Fault.Saving);
        }

        return ValueTask.FromResult(result);
    }
}
