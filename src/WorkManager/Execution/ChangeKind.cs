namespace WorkManager.Execution;

/// <summary>How rows are written.</summary>
internal enum ChangeKind
{
    /// <summary>The rows exist already, and are found by their key.</summary>
    Update,

    /// <summary>The rows are new.</summary>
    Insert,

    /// <summary>Rows are inserted. A row is left out if another row has the same key, or the same values in a unique index.</summary>
    InsertIfAbsent,
}
