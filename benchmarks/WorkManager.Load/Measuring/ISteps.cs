namespace WorkManager.Load.Measuring;

/// <summary>Told by a caller what it has just done.</summary>
internal interface ISteps
{
    /// <summary>What happened since the mark before was this step.</summary>
    void Mark(string step);
}
