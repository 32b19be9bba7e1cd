using Microsoft.EntityFrameworkCore.Storage;

namespace WorkManager.Execution;

/// <summary>One write: what an attempt does, and what happens after an attempt without an answer.</summary>
/// <param name="body">
/// What one attempt does. It may run more than once, and gets a new unit each time. It gets no cancellation token: an attempt that has begun runs to its end.
/// </param>
/// <param name="isCommitted">A query that tells whether the attempt with this answer was committed; null if the write simply runs again.</param>
/// <param name="isRepeatable">Whether the write may be done twice without harm.</param>
internal sealed class Write<TUnit, T>(Func<TUnit, Task<Ending<T>>> body, Func<WorkRows, T, Task<bool>>? isCommitted, bool isRepeatable)
{
    public Func<TUnit, Task<Ending<T>>> Body => body;

    public bool IsRepeatable => isRepeatable;

    /// <summary>Whether the body finds what an attempt without an answer has written.</summary>
    public bool Recognizes => !isRepeatable && isCommitted is null;

    /// <summary>Whether there is a query that tells if an attempt without an answer was committed.</summary>
    public bool CanAsk => isCommitted is not null;

    /// <summary>Asks the database whether an attempt without an answer was committed, and returns its answer if it was.</summary>
    public async Task<ExecutionResult<T>> AskAsync(WorkRows rows, Attempt attempt)
    {
        if (attempt.Answer is null)
        {
            // Its command was not sent yet.
            return new(false, default!);
        }

        var answer = (T)attempt.Answer;
        return new(await isCommitted!(rows, answer).ConfigureAwait(false), answer);
    }
}
