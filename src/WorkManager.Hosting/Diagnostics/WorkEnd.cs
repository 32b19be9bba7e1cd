namespace WorkManager.Hosting.Diagnostics;

/// <summary>How the work on an item ended: the tag <c>outcome</c>.</summary>
internal enum WorkEnd
{
    /// <summary>Its result is stored.</summary>
    Submitted,

    /// <summary>It failed, which costs an attempt.</summary>
    Failed,

    /// <summary>It was put off.</summary>
    Snoozed,

    /// <summary>It was given back, because the host shuts down.</summary>
    HandedBack,

    /// <summary>The lease was lost; nothing was written.</summary>
    Lost,
}
