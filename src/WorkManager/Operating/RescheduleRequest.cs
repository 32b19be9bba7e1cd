using WorkManager.Selecting;

namespace WorkManager.Operating;

/// <param name="OrderId">The order.</param>
/// <param name="Priority">The new priority; null to keep it.</param>
/// <param name="ChangesDueAt">Whether the due time is changed.</param>
/// <param name="DueAt">The new due time; null for none.</param>
internal sealed record RescheduleRequest(Guid OrderId, int? Priority, bool ChangesDueAt, DateTimeOffset? DueAt) : IOrderRequest;
