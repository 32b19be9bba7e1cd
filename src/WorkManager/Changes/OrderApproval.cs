namespace WorkManager;

/// <summary>One approval of several.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="ContentHash">What was reviewed; null for the order as it is. See <see cref="IWorkOrderManager.ApproveAsync"/>.</param>
public sealed record OrderApproval(Guid OrderId, ContentHash? ContentHash = null)
{
    /// <summary>An approval of what a preview showed.</summary>
    /// <param name="preview">The preview. One that is cut off has no hash: the order is approved as it is, if its type allows that.</param>
    public OrderApproval(OrderPreview preview)
        : this((preview ?? throw new ArgumentNullException(nameof(preview))).OrderId, preview.ContentHash)
    {
    }
}
