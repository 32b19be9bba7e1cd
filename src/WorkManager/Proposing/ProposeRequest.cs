using WorkManager.OrderTypes;

namespace WorkManager.Proposing;

/// <param name="Type">The order type.</param>
/// <param name="Payload">The payload as it came in.</param>
/// <param name="Options">What else was said.</param>
/// <param name="ParentId">The order that this one comes from; null if from none.</param>
/// <param name="Generator">The generator that found the work; null if none did.</param>
internal sealed record ProposeRequest(
    OrderTypeDescriptor Type, IncomingDocument Payload, ProposeOptions Options, Guid? ParentId = null, string? Generator = null);
