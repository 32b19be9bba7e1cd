namespace WorkManager;

/// <summary>Does the work of one item. Each item gets a handler from a scope of its own.</summary>
/// <typeparam name="TInput">The input of the order type.</typeparam>
/// <typeparam name="TResult">The result of the order type.</typeparam>
public interface IWorkHandler<TInput, TResult>
    where TInput : notnull
    where TResult : notnull
{
    /// <summary>Does the work, and says what came of it.</summary>
    /// <param name="work">What is to be done.</param>
    /// <param name="cancellationToken">
    /// Cancelled when the work must stop; <see cref="WorkContext.StopReason"/> says why. Pass it on, and end soon after.
    /// </param>
    /// <returns>
    /// The result itself; or a <see cref="WorkFailure"/>, which costs an attempt; or a <see cref="WorkSnooze"/>, which costs none. An exception other than
    /// <see cref="WorkFailedException"/> and <see cref="WorkSnoozedException"/> is a failure that is tried again.
    /// </returns>
    Task<WorkResult<TResult>> HandleAsync(WorkContext<TInput> work, CancellationToken cancellationToken);
}
