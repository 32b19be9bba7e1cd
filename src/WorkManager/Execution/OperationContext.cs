using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Diagnostics;

namespace WorkManager.Execution;

/// <summary>One call of a verb: who calls, in which scope, and how it reads and writes.</summary>
internal sealed class OperationContext(
    WorkSession session, IServiceProvider services, DbContext host, IDbContextTransaction? joined,
    WorkTransactions transactions, WorkClock clock, OperationActivity activity)
{
    private readonly List<OrderSubmitted> followUps = [];

    public Actor Actor => session.Actor;

    /// <summary>The scope of the call: order types are resolved from it.</summary>
    public IServiceProvider Services => services;

    public DbContext Host => host;

    /// <summary>The caller's transaction, if it is joined.</summary>
    public IDbContextTransaction? Joined => joined;

    public WorkClock Clock => clock;

    /// <summary>The W3C trace context that rows are stamped with.</summary>
    public string? TraceParent => activity.TraceParent;

    public IReadOnlyList<OrderSubmitted> FollowUps => followUps;

    /// <summary>Makes the operation part of the trace that an order was proposed in.</summary>
    public void JoinTraceOf(string? traceParent) => activity.Begin(traceParent);

    /// <summary>What the runner does next, once the operation is committed.</summary>
    public void FollowUp(OrderSubmitted submitted) => followUps.Add(submitted);

    /// <summary>Reads, in the caller's transaction if there is one, and else as often as the host's execution strategy lets it.</summary>
    public Task<T> ReadAsync<T>(Func<WorkManagerDbContext, Task<T>> query, CancellationToken cancellationToken = default) =>
        transactions.ReadAsync(this, query, cancellationToken);

    /// <summary>
    /// Writes in one transaction, the caller's if there is one. The body may run more than once and gets a new unit each time;
    /// it gets no token: once it has begun it runs to its end.
    /// </summary>
    /// <param name="body">What to do.</param>
    /// <param name="isCommitted">Whether the work is in the database: asked when the answer to a commit was lost.</param>
    /// <param name="cancellationToken">Cancels waiting for the transaction to begin.</param>
    public Task<T> TransactAsync<T>(Func<UnitOfWork, Task<T>> body, Func<WorkManagerDbContext, Task<bool>> isCommitted, CancellationToken cancellationToken) =>
        transactions.TransactAsync(this, body, isCommitted, cancellationToken);

    /// <summary>
    /// Writes by one command, which is a transaction of its own where the database lets it: what the body reads after it finds it committed. When its answer
    /// is lost it is sent again: it must do no harm twice.
    /// </summary>
    /// <param name="body">What to do: one command that writes, and reads after it at most.</param>
    /// <param name="cancellationToken">Cancels waiting for it to begin.</param>
    /// <param name="untilAnswered">
    /// Whether it is sent again even if the caller has gone: an attempt without an answer may have done it, and something follows.
    /// </param>
    public Task<T> ExecuteAsync<T>(Func<UnitOfWork, Task<T>> body, CancellationToken cancellationToken, bool untilAnswered = false) =>
        transactions.ExecuteAsync(this, body, untilAnswered, cancellationToken);

    /// <summary>Writes in one transaction together with the host's own context, in a fresh scope for each attempt.</summary>
    /// <param name="body">What to do.</param>
    /// <param name="isCommitted">Whether the work is in the database: asked when the answer to a commit was lost.</param>
    /// <param name="cancellationToken">Cancels waiting for the transaction to begin.</param>
    public Task<T> TransactWithHostAsync<T>(
        Func<HostUnit, Task<T>> body, Func<WorkManagerDbContext, Task<bool>> isCommitted, CancellationToken cancellationToken) =>
        transactions.TransactWithHostAsync(this, body, isCommitted, cancellationToken);
}
