namespace WorkManager.Execution;

/// <summary>One thing that can be done: it reads top-down as load, check, change, audit, save.</summary>
/// <remarks>Verbs never call verbs. What follows from one is handed to the runner; see <see cref="OperationContext.FollowUp"/>.</remarks>
internal interface IVerb<in TRequest, TResult>
{
    Operation Operation { get; }

    Task<TResult> ExecuteAsync(OperationContext context, TRequest request, CancellationToken cancellationToken);
}
