namespace WorkManager.OrderTypes;

/// <summary>Runs the steps of one apply on one set of typed values.</summary>
internal interface IApplySteps
{
    Task BeforeAsync(CancellationToken cancellationToken);

    Task ApplyAsync(CancellationToken cancellationToken);

    Task AfterAsync(CancellationToken cancellationToken);
}
