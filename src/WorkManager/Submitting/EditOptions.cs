namespace WorkManager;

/// <summary>What a reviewer may say with a corrected result.</summary>
public sealed class EditOptions
{
    /// <summary>Why, for the decisions and the audit trail.</summary>
    /// <value>Null by default. Else up to 2,000 characters.</value>
    public string? Comment { get; init; }

    /// <summary>The result that was seen, as <see cref="WorkItem.ResultHash"/> names it: if another one has taken its place, the edit is refused.</summary>
    /// <value>Null by default: whatever the result is.</value>
    public string? ResultHash { get; init; }
}
