using System.Text.Json.Nodes;

namespace WorkManager;

/// <summary>What an agent can say of its result, for the audit trail.</summary>
public sealed record SubmitOptions
{
    /// <summary>Proof, such as sources: up to <see cref="LimitOptions.MaxPayloadBytes"/> of JSON, nested up to 64 levels.</summary>
    public JsonNode? Evidence { get; init; }

    /// <summary>Remarks for the reviewer, up to 10,000 characters.</summary>
    public string? Notes { get; init; }
}
