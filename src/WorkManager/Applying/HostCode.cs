using System.Data;
using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;

namespace WorkManager.Applying;

/// <summary>Runs the host's code inside an apply, and keeps how it failed: such a failure is recorded, and the order can be approved again.</summary>
internal sealed class HostCode
{
    /// <summary>
    /// The failure of the host's code in the last attempt, as it was thrown: execution strategies put what may pass, such as a timeout, into an exception
    /// of their own. Null if the attempt did not fail there.
    /// </summary>
    public Exception? Failure { get; private set; }

    /// <summary>
    /// Whether the failure came from what others did at the same moment. On SQLite the apply holds the only writer's lock, so a locked database is a mistake
    /// of the host's code there: it uses another connection.
    /// </summary>
    public bool IsConflict { get; private set; }

    /// <summary>Begins an attempt.</summary>
    public void Begin() => (Failure, IsConflict) = (null, false);

    /// <summary>
    /// The failure that belongs to the order, and would come again: of the host's code, or of a rule that the database checks at the commit. What others did at
    /// the same moment is none, and neither are a cancellation and a database that is away.
    /// </summary>
    public Exception? FailureOfTheOrder(Exception thrown, IStoreDialect dialect, CancellationToken cancellationToken)
    {
        var failure = Failure ?? (dialect.RefusesToStore(thrown) ? thrown : null);
        // Also if what was thrown afterwards is something else, such as a cancellation before the next attempt.
        return IsConflict || failure?.IsCancellationBy(cancellationToken) == true ? null : failure;
    }

    public async Task<T> RunAsync<T>(HostUnit hosted, Func<Task<T>> code)
    {
        using var part = hosted.EnterHostCode();
        try
        {
            return await code().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            (Failure, IsConflict) = (failure, failure is not WorkManagerException && hosted.Unit.Dialect.MayRunAgain(failure));
            if (failure is InvalidOperationException && hosted.Host.Database.GetDbConnection().State != ConnectionState.Open)
            {
                // Who uses the transaction of a lost connection is told that it is completed. To an execution strategy that is no reason to try again.
                throw new TimeoutException("The connection was lost during the apply.", failure);
            }

            throw;
        }
    }
}
