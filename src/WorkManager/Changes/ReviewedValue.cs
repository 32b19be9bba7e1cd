using System.Text.Json.Nodes;

namespace WorkManager.Changes;

/// <summary>A value of a row that is changed, as it is.</summary>
internal sealed record ReviewedValue(string Name, JsonNode? Before, JsonNode? After, bool IsReviewed, bool IsRedacted);
