using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Diagnostics;
using WorkManager.Orders;

namespace WorkManager.Execution;

/// <summary>One call of a verb: who calls, in which scope, and how it reads and writes.</summary>
internal sealed class OperationContext(
    Guid id, Operation operation, Actor actor, TenantScope tenant, IServiceProvider services, DbContext host, IDbContextTransaction? joined,
    WorkTransactions transactions, Repetition repetition, WorkClock clock, OperationActivity activity)
{
    private readonly List<CommittedFact> facts = [];

    /// <summary>The id of the call.</summary>
    public Guid OperationId => id;

    /// <summary>The name of the operation.</summary>
    public string Operation => operation.Name;

    public Actor Actor => actor;

    /// <summary>Whose work the operation sees.</summary>
    public TenantScope Tenant => tenant;

    /// <summary>The scope of the call: order types are resolved from it.</summary>
    public IServiceProvider Services => services;

    public DbContext Host => host;

    /// <summary>The caller's transaction, if it is joined.</summary>
    public IDbContextTransaction? Joined => joined;

    public WorkClock Clock => clock;

    /// <summary>The W3C trace context that rows are stamped with.</summary>
    public string? TraceParent => activity.TraceParent;

    /// <summary>What others are told once the operation is committed.</summary>
    public IReadOnlyList<CommittedFact> Facts => facts;

    /// <summary>Makes the operation part of the trace that an order was proposed in.</summary>
    public void JoinTraceOf(string? traceParent) => activity.Begin(traceParent);

    /// <summary>Says what the operation has committed.</summary>
    public void Tell(CommittedFact fact) => facts.Add(fact);

    /// <summary>Reads, in the caller's transaction if there is one, and else as often as the host's execution strategy lets it.</summary>
    public Task<T> ReadAsync<T>(Func<WorkRows, Task<T>> query, CancellationToken cancellationToken = default) =>
        transactions.ReadAsync(this, query, cancellationToken);

    /// <summary>The same operation on other work: that of all tenants for housekeeping, which belongs to none; that of its own tenant for an order.</summary>
    public OperationContext For(TenantScope other) =>
        new(id, operation, actor, other, services, host, joined, transactions, repetition, clock, activity);

    /// <summary>Writes in one transaction, the caller's if there is one.</summary>
    /// <param name="write">The write.</param>
    /// <param name="cancellationToken">Cancels waiting for the transaction to begin.</param>
    public Task<T> WriteAsync<T>(Write<UnitOfWork, T> write, CancellationToken cancellationToken) =>
        WriteAsync(write, transactions.OwnAsync, cancellationToken);

    /// <summary>
    /// Writes by one command, which is a transaction of its own where the database lets it: what the body reads after it finds it committed.
    /// </summary>
    /// <param name="write">The write: one command that writes, and reads after it at most.</param>
    /// <param name="cancellationToken">Cancels waiting for it to begin.</param>
    public Task<T> WriteByCommandAsync<T>(Write<UnitOfWork, T> write, CancellationToken cancellationToken) =>
        WriteAsync(write, transactions.CommandAsync, cancellationToken);

    /// <summary>Writes in one transaction together with the host's own context, in a fresh scope for each attempt.</summary>
    /// <param name="write">The write.</param>
    /// <param name="cancellationToken">Cancels waiting for the transaction to begin.</param>
    public Task<T> WriteWithHostAsync<T>(Write<HostUnit, T> write, CancellationToken cancellationToken) => repetition.RunAsync(
        this, write, attempt => transactions.WithHostAsync(this, attempt, write.Body), repeatsConflicts: false, cancellationToken);

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
