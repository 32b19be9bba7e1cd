using WorkManager.OrderTypes;

namespace WorkManager.Submitting;

/// <param name="ItemId">The item.</param>
/// <param name="Result">The result that takes the place of its own.</param>
/// <param name="Options">What else was said.</param>
internal sealed record EditRequest(Guid ItemId, IncomingDocument Result, EditOptions Options);
