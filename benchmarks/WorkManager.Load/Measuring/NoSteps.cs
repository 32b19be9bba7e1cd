namespace WorkManager.Load.Measuring;

/// <summary>The steps of work that is not measured.</summary>
internal sealed class NoSteps : ISteps
{
    public void Mark(string step)
    {
    }
}
