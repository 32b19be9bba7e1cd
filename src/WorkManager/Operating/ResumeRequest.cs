using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <param name="OrderId">The order.</param>
internal sealed record ResumeRequest(Guid OrderId) : IOrderRequest;
