using WorkManager.Errors;

namespace WorkManager;

/// <summary>One approval of several.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="ContentHash">What was reviewed; null for the order as it is. See <see cref="IWorkOrderManager.ApproveAsync"/>.</param>
public sealed record OrderApproval(Guid OrderId, ContentHash? ContentHash = null)
{
    /// <summary>An approval of what a preview showed.</summary>
    /// <param name="preview">The preview.</param>
    /// <exception cref="WorkValidationException">The preview is cut off: it has no hash, and shows less than what would be applied.</exception>
    public OrderApproval(OrderPreview preview)
        : this((preview ?? throw new ArgumentNullException(nameof(preview))).OrderId, preview.ContentHash ?? throw CutOff(preview))
    {
    }

    private static WorkValidationException CutOff(OrderPreview preview) => WorkValidationException.Argument(
        "preview", ValidationCodes.Invalid, $"The preview of order {preview.OrderId} is cut off: it does not show all that would be applied.");
}
