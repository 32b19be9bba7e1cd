using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Persistence;
using WorkManager.Persistence.HostModel;

namespace WorkManager.Execution;

/// <summary>
/// Runs reads, and attempts at writes. A write runs in the caller's transaction (joined), in its own transaction, as a single command, or in one transaction
/// with the host. <see cref="Repetition"/> decides when a write runs again.
/// </summary>
internal sealed class WorkTransactions(
    EngineContexts contexts, StoreDialects dialects, IdGenerator ids, OwningContext owner, WorkScopes scopes)
{
    private const string Savepoint = "workmanager";

    // It is given explicitly. A session's default may be stronger, and then a wait for a lock would often end in an error.
    private const IsolationLevel ForWrites = IsolationLevel.ReadCommitted;

    /// <summary>Reads as of one moment: in a transaction that sees the database as it was at its first statement, or in the caller's.</summary>
    public Task<T> ReadAtOneMomentAsync<T>(OperationContext context, Func<WorkRows, Task<T>> query, CancellationToken cancellationToken) =>
        context.Joined is not null ? ReadAsync(context, query, cancellationToken) : ReadAsync(
            context,
            async rows =>
            {
                if (rows.Db.IsOnGivenConnection)
                {
                    // Others may have begun a transaction on it.
                    return await query(rows).ConfigureAwait(false);
                }

                var transaction = await BeginAsync(rows.Db, dialects.Of(rows.Db).OneMoment, cancellationToken).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    var answer = await query(rows).ConfigureAwait(false);
                    await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                    return answer;
                }
            },
            cancellationToken);

    public async Task<T> ReadAsync<T>(OperationContext context, Func<WorkRows, Task<T>> query, CancellationToken cancellationToken)
    {
        if (context.Joined is { } transaction)
        {
            var joined = await contexts.JoinAsync(context.Host, transaction).ConfigureAwait(false);
            await using (joined.ConfigureAwait(false))
            {
                return await query(new WorkRows(joined, context.Tenant)).ConfigureAwait(false);
            }
        }

        var dialect = dialects.Of(context.Host);
        return await context.Host.Database.CreateExecutionStrategy().ExecuteAsync(
            async _ =>
            {
                // Several scopes may share the one connection of a database in memory: in the middle of a write of another, it refuses to read.
                using var turn = dialect.IsPrivate(context.Host)
                    ? await WriterGate.EnterAsync(dialect.WriterGateOf(context.Host), cancellationToken).ConfigureAwait(false)
                    : null;
                var db = contexts.Open(context.Host);
                await using (db.ConfigureAwait(false))
                {
                    return await query(new WorkRows(db, context.Tenant)).ConfigureAwait(false);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs a write in the caller's transaction, inside a savepoint. If it fails, it is rolled back to the savepoint, and the caller may go on.
    /// </summary>
    public async Task<Ending<T>> JoinAsync<T>(OperationContext context, IDbContextTransaction transaction, Func<UnitOfWork, Task<Ending<T>>> body)
    {
        var db = await contexts.JoinAsync(context.Host, transaction).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
        {
            await transaction.CreateSavepointAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
            try
            {
                var ending = await body(Unit(db, context, Attempt.Joined)).ConfigureAwait(false);
                await EndAsync(transaction, ending.Kind).ConfigureAwait(false);
                return ending;
            }
            catch (Exception failure)
            {
                await TryRollBackAsync(transaction).ConfigureAwait(false);
                // An execution strategy that runs the caller's transaction again, and an apply, which is repeated as a whole, need the provider's exception.
                if (dialects.Of(context.Host).IsConflict(failure) && ApplyScope.Host is null && ExecutionStrategy.Current is null)
                {
                    throw new WorkBusyException(failure, isJoined: true);
                }

                throw;
            }
        }
    }

    /// <summary>Runs an attempt in its own transaction.</summary>
    public async Task<Ending<T>> OwnAsync<T>(OperationContext context, Attempt attempt, Func<UnitOfWork, Task<Ending<T>>> body)
    {
        var db = contexts.Open(context.Host);
        await using (db.ConfigureAwait(false))
        {
            return await OwnAsync(db, context, attempt, body).ConfigureAwait(false);
        }
    }

    /// <summary>Runs an attempt that writes by one command only. The command is its own transaction where the database allows that.</summary>
    public async Task<Ending<T>> CommandAsync<T>(OperationContext context, Attempt attempt, Func<UnitOfWork, Task<Ending<T>>> body)
    {
        var db = contexts.Open(context.Host);
        await using (db.ConfigureAwait(false))
        {
            if (!dialects.Of(db).StatementsStandAlone(db))
            {
                return await OwnAsync(db, context, attempt, body).ConfigureAwait(false);
            }

            // What does not reach the database commits nothing: only from here on the answer may be lost.
            await db.Database.OpenConnectionAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                // The command is committed before its answer arrives.
                attempt.BeginCommit(answer: null);
                var ending = await body(Unit(db, context, attempt)).ConfigureAwait(false);
                return ending.Kind != EndingKind.RollBack ? ending : throw new InvalidOperationException(
                    $"'{context.Operation}' asked to roll back a write by command, which is committed already. Use WriteAsync for a write that may roll back.");
            }
            finally
            {
                await db.Database.CloseConnectionAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Runs an attempt in one transaction with the host's context, which comes from a new scope.</summary>
    public async Task<Ending<T>> WithHostAsync<T>(OperationContext context, Attempt attempt, Func<HostUnit, Task<Ending<T>>> body, bool seesOneMoment)
    {
        using var tenant = TenantFlow.Enter(context.Tenant);
        var scope = await scopes.CreateForAsync(context.Services).ConfigureAwait(false);
        await using (scope.ConfigureAwait(false))
        {
            var host = owner.Resolve(scope.ServiceProvider);
            await EnsureIsOnTheDatabaseOfAsync(context.Host, host).ConfigureAwait(false);
            using var apply = ApplyScope.Enter(host);
            var level = seesOneMoment ? IsolationLevel.RepeatableRead : ForWrites;
            var transaction = await BeginAsync(host, level, CancellationToken.None).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var db = await contexts.JoinAsync(host, transaction).ConfigureAwait(false);
                await using (db.ConfigureAwait(false))
                {
                    var ending = await body(new HostUnit(Unit(db, context, attempt), host, scope.ServiceProvider, apply)).ConfigureAwait(false);
                    await EndAsync(transaction, attempt, ending).ConfigureAwait(false);
                    return ending;
                }
            }
        }
    }

    private async Task<Ending<T>> OwnAsync<T>(WorkManagerDbContext db, OperationContext context, Attempt attempt, Func<UnitOfWork, Task<Ending<T>>> body)
    {
        var transaction = await BeginAsync(db, ForWrites, CancellationToken.None).ConfigureAwait(false);
        db.IsInTransaction = true;
        await using (transaction.ConfigureAwait(false))
        {
            var ending = await body(Unit(db, context, attempt)).ConfigureAwait(false);
            await EndAsync(transaction, attempt, ending).ConfigureAwait(false);
            return ending;
        }
    }

    /// <summary>Whether the context of the call's scope is on the database of the call.</summary>
    public async Task EnsureScopeIsOnTheDatabaseAsync(OperationContext context)
    {
        var own = owner.Resolve(context.Services);
        if (own != context.Host && !await contexts.AreOnOneDatabaseAsync(context.Host, own).ConfigureAwait(false))
        {
            throw new WorkManagerException(
                WorkErrorCodes.OtherDatabase,
                $"The {own.GetType().Name} that was passed to In() is on another database than that of the manager's scope, where the order type plans and "
                + "checks. Create a scope for the database, and use its manager.");
        }
    }

    private async Task EnsureIsOnTheDatabaseOfAsync(DbContext caller, DbContext fresh)
    {
        if (!await contexts.AreOnOneDatabaseAsync(caller, fresh).ConfigureAwait(false))
        {
            throw new WorkManagerException(
                WorkErrorCodes.OtherDatabase,
                $"The {fresh.GetType().Name} of a new scope is on another database than the caller's. An apply runs in a new scope. If a scoped service "
                + "chooses the database, carry it over with AddWorkManager().CarryScope<TService>((caller, fresh) => …). Choose the database where the options "
                + "of the context are built.");
        }
    }

    private UnitOfWork Unit(WorkManagerDbContext db, OperationContext context, Attempt attempt) => new(db, context, attempt, dialects, ids);

    private static async Task<IDbContextTransaction> BeginAsync(DbContext db, IsolationLevel level, CancellationToken cancellationToken)
    {
        try
        {
            return await db.Database.BeginTransactionAsync(level, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // EF Core leaves the connection open that it opened for the transaction, and a context would take it into its pool.
            await db.Database.CloseConnectionAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task EndAsync<T>(IDbContextTransaction transaction, Attempt attempt, Ending<T> ending)
    {
        if (ending.Kind == EndingKind.Commit)
        {
            attempt.BeginCommit(ending.Answer);
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            await transaction.RollbackAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task EndAsync(IDbContextTransaction joined, EndingKind kind)
    {
        if (kind != EndingKind.Commit)
        {
            await joined.RollbackToSavepointAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
        }

        await joined.ReleaseSavepointAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task TryRollBackAsync(IDbContextTransaction joined)
    {
        try
        {
            await joined.RollbackToSavepointAsync(Savepoint, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The connection may be lost, and the transaction with it. The caller must see the first exception, not that of the rollback.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
