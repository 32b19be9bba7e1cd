using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkManager.Auditing;
using WorkManager.OrderTypes;

namespace WorkManager.Submitting;

/// <summary>A result after its check: it is good, or it is refused.</summary>
internal sealed class CheckedResult
{
    private CheckedResult(SubmitRequest request, WorkItem? item, WorkManagerException? refusal)
    {
        Request = request;
        Item = item;
        Refusal = refusal;
    }

    public SubmitRequest Request { get; }

    public LeaseToken Lease => Request.Lease;

    /// <summary>The item as it was read for the check; null if there is none.</summary>
    public WorkItem? Item { get; }

    /// <summary>Why it is refused; null if it is good.</summary>
    public WorkManagerException? Refusal { get; }

    public bool IsGood => Refusal is null;

    /// <summary>Whether it is refused before anything is written: the refusal is not recorded at the item.</summary>
    public bool IsRefusedAtOnce { get; private init; }

    /// <summary>The text of a good result.</summary>
    public string Text { get; private init; } = "";

    /// <summary>The hash of a good result.</summary>
    public string Hash { get; private init; } = "";

    /// <summary>The version of the order type that a good result was checked by.</summary>
    public int TypeVersion { get; private init; }

    /// <summary>What the event of a good result says.</summary>
    public string Payload { get; private init; } = "";

    /// <summary>The digest of <see cref="Payload"/>.</summary>
    public string PayloadHash { get; private init; } = "";

    /// <summary>A good result. The texts that are stored are made here: once for all attempts, and before a transaction begins.</summary>
    public static CheckedResult Good(SubmitRequest request, WorkItem item, CheckedDocument document, int typeVersion)
    {
        var payload = WritePayload(document.Text, request.Options);
        return new(request, item, null)
        {
            Text = document.Text,
            Hash = document.Hash,
            TypeVersion = typeVersion,
            Payload = payload,
            PayloadHash = AuditTrail.Digest(payload, null, null),
        };
    }

    /// <summary>A result that breaks the rules of its type. The refusal is recorded at the item.</summary>
    public static CheckedResult Refused(SubmitRequest request, WorkItem item, WorkValidationException refusal) => new(request, item, refusal);

    /// <summary>A result that cannot be stored, whatever its content is.</summary>
    public static CheckedResult RefusedAtOnce(SubmitRequest request, WorkItem? item, WorkManagerException refusal) =>
        new(request, item, refusal) { IsRefusedAtOnce = true };

    /// <summary>The refusal as it is recorded at the item, for people who look at the item later.</summary>
    public string Error()
    {
        var refusal = (WorkValidationException)Refusal!;
        return new JsonObject
        {
            ["code"] = refusal.Code,
            ["message"] = refusal.Message,
            ["details"] = new JsonArray(
                [.. refusal.Errors.Select(e => new JsonObject { ["field"] = e.Field, ["code"] = e.Code, ["message"] = e.Message })]),
        }.ToJsonString(JsonSerializerOptions.Web);
    }

    // The text of the result was checked before, so it is not parsed again.
    private static string WritePayload(string text, SubmitOptions said)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName("result");
            json.WriteRawValue(text, skipInputValidation: true);
            json.WritePropertyName("evidence");
            if (said.Evidence is { } evidence)
            {
                evidence.WriteTo(json);
            }
            else
            {
                json.WriteNullValue();
            }

            json.WriteString("notes", said.Notes);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
