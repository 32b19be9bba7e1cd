using System.Text.Json;

namespace WorkManager.OrderTypes;

/// <summary>A document as a caller gave it.</summary>
/// <param name="Json">The document as JSON.</param>
/// <param name="Fault">Why there is none. The entry of a batch is refused with it, and its other entries are not.</param>
internal sealed record IncomingDocument(JsonElement Json, WorkManagerException? Fault = null);
