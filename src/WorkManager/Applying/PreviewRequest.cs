namespace WorkManager.Applying;

/// <param name="OrderId">The order.</param>
/// <param name="Since">The hash of the preview to compare with.</param>
internal sealed record PreviewRequest(Guid OrderId, ContentHash? Since);
