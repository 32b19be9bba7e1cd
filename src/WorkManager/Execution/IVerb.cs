namespace WorkManager.Execution;

/// <summary>One operation of the library. Its code reads top-down as load, check, change, audit, save.</summary>
/// <remarks>A verb never calls another verb. It tells what it has committed to subscribers; see <see cref="OperationContext.Tell"/>.</remarks>
internal interface IVerb<in TRequest, TResult>
{
    Operation Operation { get; }

    Task<TResult> ExecuteAsync(OperationContext context, TRequest request, CancellationToken cancellationToken);
}
