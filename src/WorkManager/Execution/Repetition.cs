using Microsoft.EntityFrameworkCore.Storage;

namespace WorkManager.Execution;

/// <summary>When a write runs again. This is the only place that repeats one.</summary>
/// <remarks>
/// There are three reasons. The body found something locked and let go. The database took the transaction back because others were in its way. Or an
/// error passes by itself, as the host's execution strategy knows; then an attempt whose commit got no answer is looked for before there is another.
/// </remarks>
internal sealed class Repetition(EngineContexts contexts, StoreDialects dialects)
{
    // Each lets go of all locks, so it waits for nobody. The last one waits.
    private const int MostTriesAtLocked = 50;

    private const int MostConflicts = 5;

    /// <summary>Runs a write until it is done.</summary>
    /// <param name="context">The operation.</param>
    /// <param name="write">The write.</param>
    /// <param name="run">How one attempt runs.</param>
    /// <param name="repeatsConflicts">
    /// Whether it runs again after a conflict. Not where host code runs: that is for the host's execution strategy to decide.
    /// </param>
    /// <param name="cancellationToken">Ends it between attempts, unless an attempt without an answer has to be cleared up.</param>
    public async Task<T> RunAsync<TUnit, T>(
        OperationContext context, Write<TUnit, T> write, Func<Attempt, Task<Ending<T>>> run, bool repeatsConflicts, CancellationToken cancellationToken)
    {
        var host = context.Host;
        var dialect = dialects.Of(host);
        using var turn = await WriterGate.EnterAsync(dialect.WriterGateOf(host), cancellationToken).ConfigureAwait(false);
        return await host.Database.CreateExecutionStrategy().ExecuteAsync(
            new Attempts(),
            (_, attempts, _) => TryAsync(write, run, attempts, failure => repeatsConflicts && dialect.MayRunAgain(failure), cancellationToken),
            (_, attempts, _) => AskAsync(context, write, attempts.Last!),
            // Not the caller's: whether a commit came through is found out even if nobody waits for the answer.
            CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task<T> TryAsync<TUnit, T>(
        Write<TUnit, T> write, Func<Attempt, Task<Ending<T>>> run, Attempts attempts, Func<Exception, bool> isConflict, CancellationToken cancellationToken)
    {
        var (locked, conflicts) = (0, 0);
        while (true)
        {
            // What may be done is brought to its end, so that its answer is known and what follows from it follows.
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

                locked++;
            }
            catch (Exception failure) when (conflicts < MostConflicts - 1 && isConflict(failure))
            {
                // It was taken back whole. Whoever was in the way has come through: no need to wait.
                conflicts++;
                attempts.ForgetLast();
            }
        }
    }

    private async Task<ExecutionResult<T>> AskAsync<TUnit, T>(OperationContext context, Write<TUnit, T> write, Attempt attempt)
    {
        if (!attempt.IsUnanswered || !write.CanAsk)
        {
            return new(false, default!);
        }

        var db = contexts.SourceOf(context.Host).Open();
        await using (db.ConfigureAwait(false))
        {
            return await write.AskAsync(new WorkRows(db, context.Tenant), attempt).ConfigureAwait(false);
        }
    }

    /// <summary>The attempts at one write.</summary>
    private sealed class Attempts
    {
        private bool earlierMayBeDone;

        public Attempt? Last { get; private set; }

        /// <summary>Whether an attempt so far got no answer.</summary>
        public bool MayBeDone => earlierMayBeDone || Last is { IsUnanswered: true };

        public Attempt Next(bool waits)
        {
            earlierMayBeDone = MayBeDone;
            return Last = new Attempt(waits, earlierMayBeDone);
        }

        /// <summary>The last attempt is known to be undone.</summary>
        public void ForgetLast() => Last = null;
    }
}
