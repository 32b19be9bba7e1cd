using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Diagnostics;
using WorkManager.Orders;

namespace WorkManager.Execution;

/// <summary>One call of a verb: the actor, the tenant and the scope, and the methods by which the verb reads and writes.</summary>
internal sealed class OperationContext(
    Guid id, Operation operation, Actor actor, TenantScope tenant, IServiceProvider services, DbContext host, IDbContextTransaction? joined,
    bool isHostGiven, WorkTransactions transactions, Repetition repetition, WorkClock clock, OperationActivity activity)
{
    private List<CommittedFact> facts = [];
    private string? databaseName;

    /// <summary>The id of the call.</summary>
    public Guid OperationId => id;

    /// <summary>The name of the operation.</summary>
    public string Operation => operation.Name;

    public Actor Actor => actor;

    /// <summary>The tenant whose work the operation sees, or all of them.</summary>
    public TenantScope Tenant => tenant;

    /// <summary>The scope of the call: order types are resolved from it.</summary>
    public IServiceProvider Services => services;

    public DbContext Host => host;

    /// <summary>Names the database and schema of the call.</summary>
    public string DatabaseName => databaseName ??= EngineContexts.NameOf(host);

    /// <summary>The caller's transaction, if it is joined.</summary>
    public IDbContextTransaction? Joined => joined;

    public WorkClock Clock => clock;

    /// <summary>The W3C trace context that is stored in the rows.</summary>
    public string? TraceParent => activity.TraceParent;

    /// <summary>Whether <see cref="JoinTraceOf"/> does anything: without a listener, it need not be known in which trace an order was proposed.</summary>
    public bool IsTraced => activity.CanBegin;

    /// <summary>What subscribers are told once the operation is committed.</summary>
    public IReadOnlyList<CommittedFact> Facts => facts;

    /// <summary>Refuses to run the order type's code if it would work on another database: a caller may pass a context that is not that of the scope.</summary>
    /// <exception cref="WorkManagerException">It would (<see cref="WorkErrorCodes.OtherDatabase"/>).</exception>
    public Task EnsureHooksAreOnItsDatabaseAsync() => isHostGiven ? transactions.EnsureScopeIsOnTheDatabaseAsync(this) : Task.CompletedTask;

    /// <summary>Makes the operation part of the trace in which an order was proposed.</summary>
    public void JoinTraceOf(string? traceParent) => activity.Begin(traceParent);

    /// <summary>Adds a fact of which subscribers are told once the operation is committed.</summary>
    public void Tell(CommittedFact fact) => facts.Add(fact);

    /// <summary>Reads in the caller's transaction if there is one. Otherwise the host's execution strategy runs the query, and may run it again.</summary>
    public Task<T> ReadAsync<T>(Func<WorkRows, Task<T>> query, CancellationToken cancellationToken = default) =>
        transactions.ReadAsync(this, query, cancellationToken);

    /// <summary>Reads what several statements read as of one moment, as <see cref="ReadAsync"/> does otherwise.</summary>
    public Task<T> ReadAtOneMomentAsync<T>(Func<WorkRows, Task<T>> query, CancellationToken cancellationToken = default) =>
        transactions.ReadAtOneMomentAsync(this, query, cancellationToken);

    /// <summary>
    /// The same operation for another tenant or for all of them. Housekeeping is done for all tenants; an order is applied for its own tenant.
    /// </summary>
    public OperationContext For(TenantScope other) =>
        new(id, operation, actor, other, services, host, joined, isHostGiven, transactions, repetition, clock, activity) { facts = facts };

    /// <summary>Writes in one transaction: the caller's if there is one, else its own.</summary>
    /// <param name="write">The write.</param>
    /// <param name="cancellationToken">Cancels waiting for the transaction to begin.</param>
    public Task<T> WriteAsync<T>(Write<UnitOfWork, T> write, CancellationToken cancellationToken) =>
        WriteAsync(write, transactions.OwnAsync, cancellationToken);

    /// <summary>
    /// Writes by one command. Where the database allows it, the command is its own transaction: it is committed before the body reads anything after it.
    /// </summary>
    /// <param name="write">The write. Its body runs one command that writes. After that it may only read.</param>
    /// <param name="cancellationToken">Cancels waiting for the command to begin.</param>
    public Task<T> WriteByCommandAsync<T>(Write<UnitOfWork, T> write, CancellationToken cancellationToken) =>
        WriteAsync(write, transactions.CommandAsync, cancellationToken);

    /// <summary>Writes in one transaction together with the host's own context, in a fresh scope for each attempt.</summary>
    /// <param name="write">The write.</param>
    /// <param name="cancellationToken">Cancels waiting for the transaction to begin.</param>
    /// <param name="seesOneMoment">
    /// Whether all of it sees the database as it was at its first statement. A row that others have changed since cannot be overwritten: that is a conflict,
    /// and it runs again.
    /// </param>
    public Task<T> WriteWithHostAsync<T>(Write<HostUnit, T> write, CancellationToken cancellationToken, bool seesOneMoment = false) => repetition.RunAsync(
        this, write, attempt => transactions.WithHostAsync(this, attempt, write.Body, seesOneMoment), repeatsConflicts: seesOneMoment, cancellationToken);

    private async Task<T> WriteAsync<T>(
        Write<UnitOfWork, T> write, Func<OperationContext, Attempt, Func<UnitOfWork, Task<Ending<T>>>, Task<Ending<T>>> run,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return joined is null
            ? await repetition.RunAsync(this, write, attempt => run(this, attempt, write.Body), repeatsConflicts: true, cancellationToken).ConfigureAwait(false)
            : (await transactions.JoinAsync(this, joined, write.Body).ConfigureAwait(false)).Answer;
    }
}
