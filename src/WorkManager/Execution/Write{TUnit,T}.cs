using Microsoft.EntityFrameworkCore.Storage;

namespace WorkManager.Execution;

/// <summary>One write: what an attempt at it does, how to tell whether an attempt without an answer was committed, and what to answer then.</summary>
/// <param name="body">
/// What one attempt does. It may run more than once and gets a new unit each time. It gets no token: once it has begun it runs to its end.
/// </param>
/// <param name="isCommitted">Whether the attempt with this answer was committed; null if nobody needs to ask.</param>
/// <param name="isRepeatable">Whether it does no harm twice.</param>
internal sealed class Write<TUnit, T>(Func<TUnit, Task<Ending<T>>> body, Func<WorkRows, T, Task<bool>>? isCommitted, bool isRepeatable)
{
    public Func<TUnit, Task<Ending<T>>> Body => body;

    public bool IsRepeatable => isRepeatable;

    /// <summary>Whether the database can tell what became of an attempt without an answer.</summary>
    public bool CanAsk => isCommitted is not null;

    /// <summary>Asks the database whether an attempt without an answer was committed, and gives its answer if it was.</summary>
    public async Task<ExecutionResult<T>> AskAsync(WorkRows rows, Attempt attempt)
    {
        var answer = (T)attempt.Answer!;
        return new(await isCommitted!(rows, answer).ConfigureAwait(false), answer);
    }
}
