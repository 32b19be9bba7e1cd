using Microsoft.EntityFrameworkCore.Storage;

namespace WorkManager.Execution;

/// <summary>Decides when a write runs again. This is the only place that repeats writes.</summary>
/// <remarks>
/// There are three reasons to run a write again. First: its body found a row locked, and ended with <see cref="EndingKind.TryAgain"/>. Second: the database
/// rolled the transaction back because of a conflict with another one. Third: the host's execution strategy takes an error for a transient one; if such an
/// attempt got no answer to its commit, the database is asked for it before there is another attempt. The question may come too early: a server whose client
/// is gone may still be committing. So it is asked again if a later attempt fails. A write whose body recognizes what was written is not asked about: it runs
/// once more.
/// </remarks>
internal sealed class Repetition(EngineContexts contexts, StoreDialects dialects)
{
    // Each of these attempts releases all its locks instead of waiting. Only the last one waits.
    private const int MostTriesAtLocked = 50;

    private const int MostConflicts = 5;

    /// <summary>Runs a write until it is done.</summary>
    /// <param name="context">The operation.</param>
    /// <param name="write">The write.</param>
    /// <param name="run">How one attempt runs.</param>
    /// <param name="repeatsConflicts">
    /// Whether the write runs again after a conflict. If host code runs in it, the host's execution strategy decides, unless it sees one moment.
    /// </param>
    /// <param name="cancellationToken">Cancels between attempts. It is ignored after an attempt without an answer, unless the write is repeatable.</param>
    /// <exception cref="WorkBusyException">Each attempt, or the one that may not be repeated, met a conflict.</exception>
    public async Task<T> RunAsync<TUnit, T>(
        OperationContext context, Write<TUnit, T> write, Func<Attempt, Task<Ending<T>>> run, bool repeatsConflicts, CancellationToken cancellationToken)
    {
        var dialect = dialects.Of(context.Host);
        try
        {
            return await RunAsync(context, write, run, dialect, repeatsConflicts, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception conflict) when (conflict is not ApplyFailedException && dialect.IsConflict(conflict))
        {
            throw new WorkBusyException(conflict, isJoined: false);
        }
    }

    private async Task<T> RunAsync<TUnit, T>(
        OperationContext context, Write<TUnit, T> write, Func<Attempt, Task<Ending<T>>> run, IStoreDialect dialect, bool repeatsConflicts,
        CancellationToken cancellationToken)
    {
        var host = context.Host;
        using var turn = await WriterGate.EnterAsync(dialect.WriterGateOf(host), cancellationToken).ConfigureAwait(false);
        return await host.Database.CreateExecutionStrategy().ExecuteAsync(
            new Attempts(),
            (_, attempts, _) => TryAsync(context, write, run, attempts, failure => repeatsConflicts && dialect.MayRunAgain(failure), cancellationToken),
            (_, attempts, _) => AskAsync(context, write, attempts),
            // Not the caller's token: the engine finds out whether the commit succeeded even if the caller has cancelled.
            CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<T> TryAsync<TUnit, T>(
        OperationContext context, Write<TUnit, T> write, Func<Attempt, Task<Ending<T>>> run, Attempts attempts, Func<Exception, bool> isConflict,
        CancellationToken cancellationToken)
    {
        var (locked, conflicts, mayRecognize) = (0, 0, write.Recognizes);
        while (true)
        {
            // If an earlier attempt may be committed, this one goes on in spite of a cancellation: so the answer becomes known, and subscribers are told.
            if (write.IsRepeatable || !attempts.MayBeDone)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var attempt = attempts.Next(waits: locked == MostTriesAtLocked - 1);
            try
            {
                var ending = await run(attempt).ConfigureAwait(false);
                if (ending.Kind != EndingKind.TryAgain || attempt.Waits)
                {
                    return ending.Answer;
                }

                // It has answered, and it wrote nothing.
                locked++;
                attempts.ForgetLast();
            }
            catch (Exception failure) when (conflicts < MostConflicts - 1 && failure is not ApplyFailedException && isConflict(failure))
            {
                // The database rolled everything back. The other transaction got its locks, so there is no need to wait before the next attempt.
                conflicts++;
                attempts.ForgetLast();
            }
            catch (Exception failure) when (attempts.MayBeDone && mayRecognize && failure is not WorkManagerException)
            {
                // Perhaps this attempt was committed, and only the answer is lost. The body finds what it wrote. Once: if that fails, too, that is the failure.
                mayRecognize = false;
            }
            catch (Exception) when (attempts.MayBeDone && write.CanAsk)
            {
                // Perhaps this attempt was committed, and only the answer is lost: an execution strategy asks after transient failures alone, and not at all
                // inside another strategy. Or an earlier attempt was committed after it was asked for, and this one failed because of that.
                // If the database cannot be asked, that is the failure: then the execution strategy asks, and tries, again.
                if (await AskAsync(context, write, attempts).ConfigureAwait(false) is { IsSuccessful: true } found)
                {
                    return found.Result;
                }

                throw;
            }
        }
    }

    private async Task<ExecutionResult<T>> AskAsync<TUnit, T>(OperationContext context, Write<TUnit, T> write, Attempts attempts)
    {
        if (attempts.Unanswered.Count == 0 || !write.CanAsk)
        {
            return new(false, default!);
        }

        var db = contexts.Open(context.Host);
        await using (db.ConfigureAwait(false))
        {
            foreach (var attempt in attempts.Unanswered)
            {
                if (await write.AskAsync(new WorkRows(db, context.Tenant), attempt).ConfigureAwait(false) is { IsSuccessful: true } found)
                {
                    return found;
                }
            }
        }

        return new(false, default!);
    }

    /// <summary>The attempts at one write.</summary>
    private sealed class Attempts
    {
        private readonly List<Attempt> all = [];

        /// <summary>The attempts that got no answer to their commit, the oldest first.</summary>
        public IReadOnlyList<Attempt> Unanswered => all.FindAll(a => a.IsUnanswered);

        /// <summary>Whether any attempt so far got no answer.</summary>
        public bool MayBeDone => all.Exists(a => a.IsUnanswered);

        public Attempt Next(bool waits)
        {
            var next = new Attempt(waits, MayBeDone);
            all.Add(next);
            return next;
        }

        /// <summary>Forgets the last attempt, because it was rolled back for certain.</summary>
        public void ForgetLast() => all.RemoveAt(all.Count - 1);
    }
}
