namespace WorkManager.Execution;

/// <summary>The kinds of writes. They differ in what happens if the answer to a commit is lost.</summary>
internal static class Write
{
    /// <summary>A write that may be done twice without harm. If the answer to its commit is lost, it runs again.</summary>
    public static Write<UnitOfWork, T> Repeatable<T>(Func<UnitOfWork, Task<Ending<T>>> body) => new(body, isCommitted: null, isRepeatable: true);

    /// <summary>
    /// A write that runs again if the answer to its commit is lost, and whose body recognizes what the earlier attempt has written; see
    /// <see cref="Attempt.MayBeDone"/>.
    /// </summary>
    public static Write<UnitOfWork, T> Recognizing<T>(Func<UnitOfWork, Task<Ending<T>>> body) => new(body, isCommitted: null, isRepeatable: false);

    /// <summary>
    /// A write that must be done once only. If the answer to its commit is lost, the database is asked whether it was committed. If it was, the answer of that
    /// attempt is returned; if not, the write runs again.
    /// </summary>
    /// <param name="body">What one attempt does.</param>
    /// <param name="isCommitted">
    /// A query that tells whether the attempt with this answer was committed. It looks for something that only this call writes.
    /// </param>
    public static Write<UnitOfWork, T> Once<T>(Func<UnitOfWork, Task<Ending<T>>> body, Func<WorkRows, T, Task<bool>> isCommitted) =>
        new(body, isCommitted, isRepeatable: false);

    /// <summary>A run of the host's code that is rolled back in any case.</summary>
    public static Write<HostUnit, T> Trial<T>(Func<HostUnit, Task<T>> body) =>
        new(async hosted => Ending.RollBack(await body(hosted).ConfigureAwait(false)), isCommitted: null, isRepeatable: true);

    /// <inheritdoc cref="Once{T}(Func{UnitOfWork, Task{Ending{T}}}, Func{WorkRows, T, Task{bool}})"/>
    public static Write<HostUnit, T> Once<T>(Func<HostUnit, Task<Ending<T>>> body, Func<WorkRows, T, Task<bool>> isCommitted) =>
        new(body, isCommitted, isRepeatable: false);
}
