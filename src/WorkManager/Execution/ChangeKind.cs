namespace WorkManager.Execution;

/// <summary>How rows are written.</summary>
internal enum ChangeKind
{
    /// <summary>The rows are there: they are found by their key.</summary>
    Update,

    /// <summary>The rows are new.</summary>
    Insert,

    /// <summary>The rows are new, or left out where their key, or their place in a unique index, is taken.</summary>
    InsertIfAbsent,
}
