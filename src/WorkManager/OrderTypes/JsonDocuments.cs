using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkManager.Errors;
using WorkManager.OrderTypes.Json;
using WorkManager.OrderTypes.Validation;

namespace WorkManager.OrderTypes;

/// <summary>Checks payloads, inputs and results before they are stored.</summary>
internal sealed class JsonDocuments
{
    private const int MaxRemarkDepth = 64;

    private readonly StrictJsonReader reader;
    private readonly int maxBytes;

    public JsonDocuments(JsonSerializerOptions strict, LimitOptions limits)
    {
        Strict = strict;
        Lenient = WorkManagerJson.ToLenient(Strict);
        reader = new StrictJsonReader(Strict);
        maxBytes = limits.MaxPayloadBytes;
    }

    /// <summary>How the host's values are written, and read where they come in.</summary>
    public JsonSerializerOptions Strict { get; }

    /// <summary>How stored rows are read: they may be of another version.</summary>
    public JsonSerializerOptions Lenient { get; }

    /// <summary>Checks a value of the host's: by the same rules as one that comes in as JSON.</summary>
    /// <exception cref="WorkValidationException">It breaks rules of its type.</exception>
    /// <exception cref="WorkLimitException">It is too large.</exception>
    public CheckedDocument Check(string subject, object value, Type type) => Check(subject, JsonSerializer.SerializeToElement(value, type, Strict), type);

    /// <inheritdoc cref="Check(string, object, Type)"/>
    public CheckedDocument Check(string subject, JsonElement document, Type type)
    {
        if (document.ValueKind == JsonValueKind.Undefined)
        {
            throw new WorkValidationException(subject, [new ValidationError("", ValidationCodes.Required, "A JSON document is required.")]);
        }

        var text = document.GetRawText();
        EnsureSize(subject, text);
        var value = reader.Read(document, type, out var errors);
        if (errors.Count > 0 || value is null)
        {
            throw new WorkValidationException(
                subject, errors.Count > 0 ? errors : [new ValidationError("", ValidationCodes.TypeMismatch, "null is not allowed here.")]);
        }

        return new CheckedDocument(text, CanonicalJson.Hash(document), value);
    }

    /// <summary>Checks what a caller adds to an order or a result for the audit trail, and returns it as text.</summary>
    /// <exception cref="WorkValidationException">It holds a character that a database cannot keep.</exception>
    /// <exception cref="WorkLimitException">It is too large, or nested too deep.</exception>
    public string CheckRemark(string subject, JsonNode remark)
    {
        try
        {
            var text = remark.ToJsonString(Strict);
            EnsureSize(subject, text);
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxRemarkDepth });
            StorableText.Ensure(subject, document.RootElement);
            return text;
        }
        catch (Exception tooDeep) when (tooDeep is JsonException or InvalidOperationException)
        {
            throw new WorkLimitException(
                WorkErrorCodes.PayloadTooLarge, $"The {subject} is nested deeper than {MaxRemarkDepth} levels, or cannot be written as JSON.", MaxRemarkDepth);
        }
    }

    /// <exception cref="WorkLimitException">The text is too large.</exception>
    public void EnsureSize(string subject, string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > maxBytes)
        {
            throw new WorkLimitException(WorkErrorCodes.PayloadTooLarge, $"The {subject} is larger than {maxBytes} bytes of JSON.", maxBytes);
        }
    }
}
