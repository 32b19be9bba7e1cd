using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkManager.Auditing;

/// <summary>What an event says beside its name.</summary>
/// <param name="Payload">Details.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Diff">What changed in the host's data.</param>
/// <param name="Actor">Who did it, if it is not the actor of the operation.</param>
internal sealed record EventDetails(JsonObject? Payload = null, string? Message = null, WorkDiff? Diff = null, Actor? Actor = null)
{
    public static readonly EventDetails None = new();

    private EventText? text;

    /// <summary>Details whose payload is text already, with its digest.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="digest">Its digest, if it is known.</param>
    public static EventDetails Of(string payload, string? digest = null) =>
        new() { text = new(payload, null, digest ?? AuditTrail.Digest(payload, null, null)) };

    /// <summary>The details as they are stored. Made once: the events of a batch mostly say the same.</summary>
    public EventText Text => text ??= Write();

    private EventText Write()
    {
        var payload = Payload?.ToJsonString(JsonSerializerOptions.Web);
        var diff = Diff?.ToJson();
        return new(payload, diff, AuditTrail.Digest(payload, diff, Message));
    }
}
