namespace WorkManager;

/// <summary>What becomes of a write to a governed entity outside an apply.</summary>
public enum GovernedWrites
{
    /// <summary>It is refused: <see cref="GovernedWriteException"/>.</summary>
    Refuse,

    /// <summary>It is done, and a warning is logged.</summary>
    Warn,
}
