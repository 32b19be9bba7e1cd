using System.Text.Json.Nodes;

namespace WorkManager.Reviewing;

/// <summary>Why an order is closed, as it is recorded.</summary>
/// <param name="Decision">The kind of decision: <c>reject</c> or <c>cancel</c>.</param>
/// <param name="Message">A sentence for the audit trail.</param>
/// <param name="Payload">The details of the order's event.</param>
/// <param name="Reasons">The reasons, for the decision and the submitted items.</param>
internal sealed record Closing(string Decision, string Message, JsonObject Payload, JsonArray Reasons);
