using WorkManager.Selecting;

namespace WorkManager.Proposing;

/// <param name="OrderId">The order that was given up.</param>
/// <param name="Priority">The priority of the new order; null for that of the old one.</param>
internal sealed record CloneRequest(Guid OrderId, int? Priority) : IOrderRequest;
