namespace WorkManager.Execution;

/// <summary>Does what follows from <see cref="OrderSubmitted"/>, after its commit. Never fails the operation that it follows.</summary>
internal interface IOrderSubmittedFollowUp
{
    Task RunAsync(OrderSubmitted submitted, CancellationToken cancellationToken);
}
