namespace WorkManager;

/// <summary>What happens to a row.</summary>
public enum RowChangeKind
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>Some of its values change.</summary>
    Modified,

    /// <summary>It is deleted.</summary>
    Deleted,
}
