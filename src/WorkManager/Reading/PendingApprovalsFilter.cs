namespace WorkManager.Reading;

/// <summary>Which of the orders that somebody may approve are wanted.</summary>
internal enum PendingApprovalsFilter
{
    /// <summary>All.</summary>
    All,

    /// <summary>Those that others have not taken.</summary>
    NotTaken,

    /// <summary>Those that others have not taken, nor the actor skipped.</summary>
    NotSkipped,

    /// <summary>Those that the actor has taken.</summary>
    Own,
}
