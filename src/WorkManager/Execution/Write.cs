namespace WorkManager.Execution;

/// <summary>The kinds of writes: they differ in what happens when the answer to a commit is lost.</summary>
internal static class Write
{
    /// <summary>A write that does no harm twice: without an answer it runs again.</summary>
    public static Write<UnitOfWork, T> Repeatable<T>(Func<UnitOfWork, Task<Ending<T>>> body) => new(body, isCommitted: null, isRepeatable: true);

    /// <summary>A write whose body finds what an earlier attempt has done; see <see cref="Attempt.MayBeDone"/>.</summary>
    public static Write<UnitOfWork, T> Recognizing<T>(Func<UnitOfWork, Task<Ending<T>>> body) => new(body, isCommitted: null, isRepeatable: false);

    /// <summary>A write that is done once: without an answer the database is asked, and if it was committed the answer is that of the attempt.</summary>
    /// <param name="body">What one attempt does.</param>
    /// <param name="isCommitted">Whether the attempt with this answer is in the database. It looks for something that only this call writes.</param>
    public static Write<UnitOfWork, T> Once<T>(Func<UnitOfWork, Task<Ending<T>>> body, Func<WorkRows, T, Task<bool>> isCommitted) =>
        new(body, isCommitted, isRepeatable: false);

    /// <inheritdoc cref="Once{T}(Func{UnitOfWork, Task{Ending{T}}}, Func{WorkRows, T, Task{bool}})"/>
    public static Write<HostUnit, T> Once<T>(Func<HostUnit, Task<Ending<T>>> body, Func<WorkRows, T, Task<bool>> isCommitted) =>
        new(body, isCommitted, isRepeatable: false);
}
