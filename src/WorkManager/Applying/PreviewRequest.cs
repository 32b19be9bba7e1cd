namespace WorkManager.Applying;

/// <param name="OrderId">The order.</param>
/// <param name="Options">What else is asked for.</param>
internal sealed record PreviewRequest(Guid OrderId, PreviewOptions Options);
