using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Persistence;
using WorkManager.Persistence.HostModel;

namespace WorkManager.Execution;

/// <summary>The three ways in which the engine talks to the database: read, write, and write together with the host.</summary>
internal sealed class WorkTransactions(
    EngineContexts contexts, StoreDialects dialects, IdGenerator ids, OwningContext owner, IServiceScopeFactory scopes)
{
    private const string Savepoint = "workmanager";
    private const int MostAttempts = 5;

    public async Task<T> ReadAsync<T>(OperationContext context, Func<WorkManagerDbContext, Task<T>> query, CancellationToken cancellationToken)
    {
        if (context.Joined is { } transaction)
        {
            var joined = await contexts.JoinAsync(context.Host, transaction).ConfigureAwait(false);
            await using (joined.ConfigureAwait(false))
            {
                return await query(joined).ConfigureAwait(false);
            }
        }

        return await context.Host.Database.CreateExecutionStrategy().ExecuteAsync(
            async _ =>
            {
                var db = contexts.SourceOf(context.Host).Open();
                await using (db.ConfigureAwait(false))
                {
                    return await query(db).ConfigureAwait(false);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<T> TransactAsync<T>(
        OperationContext context, Func<UnitOfWork, Task<T>> body, Func<WorkManagerDbContext, Task<bool>> isCommitted, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return context.Joined is { } transaction
            ? await JoinAsync(context, transaction, body).ConfigureAwait(false)
            : await RetryAsync(context, attempt => AgainAsync(context, () => OwnAsync(context, attempt, body)), isCommitted, cancellationToken)
                .ConfigureAwait(false);
    }

    public async Task<T> ExecuteAsync<T>(OperationContext context, Func<UnitOfWork, Task<T>> body, bool untilAnswered, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return context.Joined is { } transaction
            ? await JoinAsync(context, transaction, body).ConfigureAwait(false)
            : await RetryAsync(
                context,
                attempt => AgainAsync(context, () => AloneAsync(context, attempt, body)),
                _ => Task.FromResult(false),
                cancellationToken,
                untilAnswered).ConfigureAwait(false);
    }

    public Task<T> TransactWithHostAsync<T>(
        OperationContext context, Func<HostUnit, Task<T>> body, Func<WorkManagerDbContext, Task<bool>> isCommitted, CancellationToken cancellationToken) =>
        RetryAsync(context, attempt => WithHostAsync(context, attempt, body), isCommitted, cancellationToken);

    /// <summary>A failed operation leaves nothing of itself in the caller's transaction, which the caller may go on with.</summary>
    private async Task<T> JoinAsync<T>(OperationContext context, IDbContextTransaction transaction, Func<UnitOfWork, Task<T>> body)
    {
        var db = await contexts.JoinAsync(context.Host, transaction).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
        {
            await transaction.CreateSavepointAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
            try
            {
                var result = await body(new UnitOfWork(db, context, dialects, ids)).ConfigureAwait(false);
                await transaction.ReleaseSavepointAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
                return result;
            }
            catch
            {
                await TryRollbackAsync(transaction).ConfigureAwait(false);
                throw;
            }
        }
    }

    private static async Task TryRollbackAsync(IDbContextTransaction transaction)
    {
        try
        {
            await transaction.RollbackToSavepointAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The connection may be gone, and the transaction with it: the caller must see why, not that there is nothing to roll back.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private async Task<T> OwnAsync<T>(OperationContext context, Attempt attempt, Func<UnitOfWork, Task<T>> body)
    {
        var db = contexts.SourceOf(context.Host).Open();
        await using (db.ConfigureAwait(false))
        {
            return await OwnAsync(db, context, attempt, body).ConfigureAwait(false);
        }
    }

    private async Task<T> OwnAsync<T>(WorkManagerDbContext db, OperationContext context, Attempt attempt, Func<UnitOfWork, Task<T>> body)
    {
        var transaction = await BeginAsync(db).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var result = await body(new UnitOfWork(db, context, dialects, ids)).ConfigureAwait(false);
            await attempt.CommitAsync(transaction, result).ConfigureAwait(false);
            return result;
        }
    }

    private async Task<T> AloneAsync<T>(OperationContext context, Attempt attempt, Func<UnitOfWork, Task<T>> body)
    {
        var db = contexts.SourceOf(context.Host).Open();
        await using (db.ConfigureAwait(false))
        {
            return dialects.Of(db).StatementsStandAlone(db)
                ? await body(new UnitOfWork(db, context, dialects, ids)).ConfigureAwait(false)
                : await OwnAsync(db, context, attempt, body).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Runs a transaction again that the database took back because others were in its way: nothing of it is left, and no code of the host's has run in it.
    /// </summary>
    private async Task<T> AgainAsync<T>(OperationContext context, Func<Task<T>> run)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await run().ConfigureAwait(false);
            }
            catch (Exception failure) when (attempt < MostAttempts && dialects.Of(context.Host).MayRunAgain(failure))
            {
                // Whoever was in the way has come through: no need to wait.
            }
        }
    }

    private async Task<T> WithHostAsync<T>(OperationContext context, Attempt attempt, Func<HostUnit, Task<T>> body)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var host = owner.Resolve(scope.ServiceProvider);
            using var apply = ApplyScope.Enter(host);
            var transaction = await BeginAsync(host).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var db = await contexts.JoinAsync(host, transaction).ConfigureAwait(false);
                await using (db.ConfigureAwait(false))
                {
                    var unit = new HostUnit(new UnitOfWork(db, context, dialects, ids), host, scope.ServiceProvider);
                    var result = await body(unit).ConfigureAwait(false);
                    await attempt.CommitAsync(transaction, result).ConfigureAwait(false);
                    return result;
                }
            }
        }
    }

    // By name: a session's default may be stronger, and then every wait for a lock would end in an error.
    private static Task<IDbContextTransaction> BeginAsync(DbContext db) =>
        db.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, CancellationToken.None);

    /// <summary>Runs an attempt by the host's execution strategy: again after a passing error, but never after a commit that came through.</summary>
    private async Task<T> RetryAsync<T>(
        OperationContext context, Func<Attempt, Task<T>> run, Func<WorkManagerDbContext, Task<bool>> isCommitted, CancellationToken cancellationToken,
        bool untilAnswered = false)
    {
        var host = context.Host;
        using var turn = await WriterGate.EnterAsync(dialects.Of(host).WriterGateOf(host), cancellationToken).ConfigureAwait(false);
        return await host.Database.CreateExecutionStrategy().ExecuteAsync(
            new Attempt(),
            (_, attempt, _) =>
            {
                if (!untilAnswered || attempt.IsFirst)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }

                attempt.Begin();
                return run(attempt);
            },
            async (_, attempt, _) =>
            {
                if (!attempt.IsCommitting)
                {
                    return new ExecutionResult<T>(false, default!);
                }

                var db = contexts.SourceOf(context.Host).Open();
                await using (db.ConfigureAwait(false))
                {
                    return new ExecutionResult<T>(await isCommitted(db).ConfigureAwait(false), (T)attempt.Result!);
                }
            },
            // Not the caller's: whether a commit came through is found out even if nobody waits for the answer.
            CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>What is known of an attempt when its commit gives no answer.</summary>
    private sealed class Attempt
    {
        public bool IsCommitting { get; private set; }

        public object? Result { get; private set; }

        public bool IsFirst { get; private set; } = true;

        public void Begin()
        {
            IsFirst = false;
            IsCommitting = false;
            Result = null;
        }

        public async Task CommitAsync(IDbContextTransaction transaction, object? result)
        {
            Result = result;
            IsCommitting = true;
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
