namespace WorkManager;

/// <summary>What a preview is asked for.</summary>
public sealed record PreviewOptions
{
    /// <summary>The hash of an earlier preview of the order: <see cref="OrderPreview.Since"/> tells what has changed since.</summary>
    /// <value>Null by default.</value>
    public ContentHash? Since { get; init; }
}
