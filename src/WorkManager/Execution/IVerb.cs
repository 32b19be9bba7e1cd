namespace WorkManager.Execution;

/// <summary>One thing that can be done: it reads top-down as load, check, change, audit, save.</summary>
/// <remarks>Verbs never call verbs. What one has committed is told to subscribers; see <see cref="OperationContext.Tell"/>.</remarks>
internal interface IVerb<in TRequest, TResult>
{
    Operation Operation { get; }

    Task<TResult> ExecuteAsync(OperationContext context, TRequest request, CancellationToken cancellationToken);
}
