namespace WorkManager;

/// <summary>What a preview is asked for.</summary>
public sealed record PreviewOptions
{
    /// <summary>The hash of an earlier preview of the order: <see cref="OrderPreview.Since"/> tells what has changed since.</summary>
    /// <value>Null by default.</value>
    public ContentHash? Since { get; init; }

    /// <summary>
    /// Whether the apply runs twice: <see cref="OrderPreview.NotRepeatable"/> tells what was not the same both times, and would make every approval by hash
    /// outdated. For tests, and for finding out what a host's interceptors stamp.
    /// </summary>
    /// <value>False by default.</value>
    public bool Verify { get; init; }
}
