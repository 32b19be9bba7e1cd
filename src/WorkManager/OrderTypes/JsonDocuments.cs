using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using WorkManager.Errors;
using WorkManager.OrderTypes.Json;
using WorkManager.OrderTypes.Validation;

namespace WorkManager.OrderTypes;

/// <summary>Checks payloads, inputs and results before they are stored.</summary>
internal sealed class JsonDocuments
{
    private const int MaxRemarkDepth = 64;

    private readonly StrictJsonReader reader;
    private readonly JsonWriting writing;
    private readonly int maxBytes;

    public JsonDocuments(JsonSerializerOptions json, LimitOptions limits)
    {
        Strict = WorkManagerJson.ToStrict(json);
        Stored = StoredFormat.Of(Strict);
        reader = new StrictJsonReader(Strict);
        writing = new JsonWriting(Strict);
        maxBytes = limits.MaxPayloadBytes;
    }

    /// <summary>How the host's values are written, and read where they come in.</summary>
    public JsonSerializerOptions Strict { get; }

    /// <summary>How stored rows are read: they may be of another version.</summary>
    public StoredFormat Stored { get; }

    /// <summary>Writes a value of the host's as JSON at once: the caller may change it later. If that fails, the document has the reason.</summary>
    public IncomingDocument Write(string subject, object? value, Type type)
    {
        try
        {
            if (value is JsonElement given)
            {
                // Throws if its document is gone.
                _ = given.ValueKind;
                return new(given);
            }

            return new(value is JsonNode or JsonDocument ? writing.Write(subject, value, value.GetType()) : WriteWhole(subject, value, type));
        }
        catch (ObjectDisposedException)
        {
            return new(default, WorkValidationException.Argument(subject, ValidationCodes.Invalid, $"The JsonDocument of the {subject} is disposed."));
        }
        catch (WorkManagerException fault)
        {
            return new(default, fault);
        }
    }

    // JSON of the declared class has no place for what a derived class adds, unless the declared one names it.
    private JsonElement WriteWhole(string subject, object? value, Type type)
    {
        if (value?.GetType() is { } own && own != type && Strict.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } declared
            && declared.PolymorphismOptions?.DerivedTypes.Any(d => d.DerivedType == own) != true && Strict.TryGetTypeInfo(own, out var derived)
            && derived.Properties.FirstOrDefault(p => IsKept(p) && declared.Properties.All(d => d.Name != p.Name)) is { } lost)
        {
            throw new WorkManagerException(
                WorkErrorCodes.TypeMismatch,
                $"The {subject} is a {own.Name}, and would be stored as {type.Name}, without '{lost.Name}'. Name {own.Name} on {type.Name} with "
                + $"[JsonDerivedType], or give a {type.Name}.");
        }

        return writing.Write(subject, value, type);
    }

    private static bool IsKept(JsonPropertyInfo property) => property.Get is not null && (property.Set is not null || property.AssociatedParameter is not null);

    /// <summary>Checks a value of the host's: by the same rules as one that comes in as JSON.</summary>
    /// <exception cref="WorkManagerException">It is refused.</exception>
    public CheckedDocument Check(string subject, object value, Type type) => Check(subject, WriteWhole(subject, value, type), type);

    /// <summary>Checks what a caller gave.</summary>
    /// <exception cref="WorkManagerException">It is refused.</exception>
    public CheckedDocument Check(string subject, IncomingDocument document, Type type) =>
        document.Fault is { } fault ? throw fault : Check(subject, document.Json, type);

    /// <exception cref="WorkValidationException">It breaks rules of its type.</exception>
    /// <exception cref="WorkLimitException">It is too large.</exception>
    /// <exception cref="WorkManagerException">Code of the application that reads or checks it threw.</exception>
    private CheckedDocument Check(string subject, JsonElement document, Type type)
    {
        if (document.ValueKind == JsonValueKind.Undefined)
        {
            throw new WorkValidationException(subject, [new ValidationError("", ValidationCodes.Required, "A JSON document is required.")]);
        }

        document = PlainJson.Of(document);
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
    /// <exception cref="WorkValidationException">It holds a character or a number that a database cannot keep, or cannot be written as JSON.</exception>
    /// <exception cref="WorkLimitException">It is too large, or nested too deep.</exception>
    public string CheckRemark(string subject, JsonNode remark, int maxDepth = MaxRemarkDepth)
    {
        try
        {
            var text = writing.WriteText(subject, remark);
            EnsureSize(subject, text);
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = maxDepth });
            StorableText.Ensure(subject, document.RootElement);
            return text;
        }
        catch (Exception tooDeep) when (tooDeep is JsonException or WorkValidationException { Errors: [{ Code: ValidationCodes.MaxDepth }] })
        {
            throw new WorkLimitException(
                WorkErrorCodes.PayloadTooLarge, $"The {subject} is nested deeper than {maxDepth} levels, or contains itself.", maxDepth);
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
