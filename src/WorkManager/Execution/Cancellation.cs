namespace WorkManager.Execution;

/// <summary>Tells a cancellation that the caller asked for from a timeout of code that was called.</summary>
internal static class Cancellation
{
    public static bool IsCancellationBy(this Exception failure, CancellationToken caller) =>
        failure is OperationCanceledException && caller.IsCancellationRequested;
}
