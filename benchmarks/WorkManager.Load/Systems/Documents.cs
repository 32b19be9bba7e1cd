using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkManager.Load.Systems;

/// <summary>The documents that every system writes, and for plain SQL the texts and hashes that the library makes of them.</summary>
internal static class Documents
{
    public const string Agent = "load-agent";
    public const string Requester = "load";
    public const string Reviewer = "reviewer";

    /// <summary>The time to live of a lease, as the library has it by default.</summary>
    public const int LeaseSeconds = 600;

    public static readonly LoadInput InputValue = new("Find the current opening hours of the library in the old town, and say where they are published.");

    public static readonly LoadResult ResultValue = new(
        87,
        ["https://example.org/library/opening-hours", "https://example.org/old-town/guide"],
        "Monday to Friday from ten to seven, Saturday from ten to two, closed on Sunday.");

    /// <summary>Why an agent could not do its work: as long as what it would have written otherwise.</summary>
    public static readonly WorkFailure Failure = new(
        "source_unavailable", "The page of the library in the old town does not answer, and the guide to the old town does not name its opening hours.");

    private static readonly JsonSerializerOptions Json = new WorkManagerOptions().Json;

    public static string Order { get; } = JsonSerializer.Serialize(OrderValue(10), Json);

    public static string OrderHash { get; } = Sha256(Order);

    /// <summary>The payload of an order of one item.</summary>
    public static string SmallOrder { get; } = JsonSerializer.Serialize(OrderValue(1), Json);

    public static string SmallOrderHash { get; } = Sha256(SmallOrder);

    public static string Input { get; } = JsonSerializer.Serialize(InputValue, Json);

    public static string Result { get; } = JsonSerializer.Serialize(ResultValue, Json);

    public static string ResultHash { get; } = Sha256(Result);

    /// <summary>The payload of the event that a result was submitted.</summary>
    public static string Submitted { get; } =
        new JsonObject { ["result"] = JsonNode.Parse(Result), ["evidence"] = null, ["notes"] = null }.ToJsonString(JsonSerializerOptions.Web);

    /// <summary>The payload of the event that an order was checked out.</summary>
    public static string CheckedOut { get; } = new JsonObject { ["agent_id"] = Agent }.ToJsonString(JsonSerializerOptions.Web);

    public static LoadOrder OrderValue(int items) => new(items, "Check the opening hours of public buildings before the summer edition goes to print.");

    /// <summary>The payload of the event that an order was planned.</summary>
    public static string Planned(int items) => new JsonObject { ["item_count"] = items }.ToJsonString(JsonSerializerOptions.Web);

    /// <summary>The payload of the event that an item was leased.</summary>
    public static string Leased(DateTimeOffset expires) => new JsonObject { ["lease_expires_at"] = expires }.ToJsonString(JsonSerializerOptions.Web);

    /// <summary>What the apply of an order changed, as its event tells it.</summary>
    public static string Applied(Guid finding, string summary)
    {
        JsonObject Row() => new() { ["id"] = finding, ["summary"] = summary };
        const string name = "new:findings:1";
        return new JsonObject
        {
            ["before"] = new JsonObject(), ["after"] = new JsonObject { [name] = Row() },
            ["changes"] = new JsonObject { [name] = new JsonObject { ["type"] = "added", ["value"] = Row() } }, ["summary"] = null,
        }.ToJsonString(JsonSerializerOptions.Web);
    }

    /// <summary>The hash of an event.</summary>
    public static string EventHash(string? payload, string? message = null, string? diff = null) => Sha256($"{payload}\u001F{diff}\u001F{message}");

    /// <summary>The hash of an event that says nothing but its name.</summary>
    public static string NothingHash { get; } = EventHash(null);

    public static string SubmittedHash { get; } = EventHash(Submitted);

    public static string CheckedOutHash { get; } = EventHash(CheckedOut);

    public static string AllSubmittedHash { get; } = EventHash(null, "All items submitted");

    public static string ItemAcceptedHash { get; } = EventHash(null, "Work order applied");

    public static string ItemCompletedHash { get; } = EventHash(null, "Work item completed");

    public static string OrderCompletedHash { get; } = EventHash(null, "All items completed");

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
