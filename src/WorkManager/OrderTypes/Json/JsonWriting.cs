using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using WorkManager.Errors;

namespace WorkManager.OrderTypes.Json;

/// <summary>Writes values of the host's as JSON. What cannot be written is refused with a code.</summary>
internal sealed class JsonWriting
{
    private const int DefaultMaxDepth = 64; // what System.Text.Json means by 0

    private readonly JsonSerializerOptions options;
    private readonly Lazy<JsonSerializerOptions> guarded;

    public JsonWriting(JsonSerializerOptions options)
    {
        this.options = options;
        guarded = new(() =>
        {
            var copy = new JsonSerializerOptions(options);
            copy.Converters.Insert(0, new WholeText());
            return copy;
        });
    }

    /// <exception cref="WorkManagerException">The value cannot be written.</exception>
    public JsonElement Write(string subject, object? value, Type type) => Try(subject, () =>
    {
        var json = JsonSerializer.SerializeToElement(value, type, options);
        if (IsSuspicious(json.GetRawText()))
        {
            JsonSerializer.SerializeToElement(value, type, guarded.Value);
        }

        return json;
    });

    /// <exception cref="WorkManagerException">The value cannot be written.</exception>
    public string WriteText(string subject, JsonNode value) => Try(subject, () =>
    {
        var text = value.ToJsonString(options);
        if (IsSuspicious(text))
        {
            EnsureWhole(value);
        }

        return text;
    });

    private T Try<T>(string subject, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (TornTextException)
        {
            throw Refuse(ValidationCodes.InvalidCharacter, "The text holds a character that cannot be stored.");
        }
        catch (Exception tooDeep) when (IsTooDeep(tooDeep))
        {
            throw Refuse(ValidationCodes.MaxDepth, $"The value is nested deeper than {MaxDepth} levels, or contains itself.");
        }
        catch (Exception refused) when (refused is JsonException or ArgumentException or NotSupportedException || IsOfSerializer(refused))
        {
            throw Refuse(ValidationCodes.Invalid, "The value cannot be written as JSON. Infinity and NaN cannot, nor a name twice, nor half of a character.");
        }
        catch (Exception failure) when (failure is not WorkManagerException)
        {
            throw new WorkManagerException(
                WorkErrorCodes.RuleFailed, $"Code of the application failed when the {subject} was written as JSON. Its exception is the inner one.", failure);
        }

        WorkValidationException Refuse(string code, string message) => new(subject, [new ValidationError("", code, message)]);
    }

    private int MaxDepth => options.MaxDepth is 0 ? DefaultMaxDepth : options.MaxDepth;

    // The serializer has no exception of its own for it. A cycle ends at the greatest depth; of JSON in a value there is no path, but a cause.
    private bool IsTooDeep(Exception failure) => failure switch
    {
        JsonException { InnerException: InvalidOperationException cause } => IsTooDeep(cause),
        JsonException { Path: { } path } => path.Count(static c => c is '.' or '[') >= MaxDepth - 1,
        _ => IsOfSerializer(failure) && failure.Message.Contains("CurrentDepth", StringComparison.Ordinal),
    };

    private static bool IsOfSerializer(Exception failure) => failure is InvalidOperationException { TargetSite.DeclaringType.Name: "ThrowHelper" };

    // The writer puts U+FFFD in place of half a surrogate pair, in silence. Most texts have none, and are not looked at again.
    private static bool IsSuspicious(string json) =>
        json.Contains('\uFFFD', StringComparison.Ordinal) || json.Contains("\\uFFFD", StringComparison.OrdinalIgnoreCase);

    private static void EnsureWhole(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    EnsureWhole(name);
                    EnsureWhole(value);
                }

                break;
            case JsonArray elements:
                foreach (var element in elements)
                {
                    EnsureWhole(element);
                }

                break;
            case JsonValue value when value.TryGetValue<string>(out var text):
                EnsureWhole(text);
                break;
        }
    }

    private static void EnsureWhole(string text)
    {
        if (!StorableText.IsWhole(text))
        {
            throw new TornTextException();
        }
    }

    /// <summary>Half a surrogate pair is no text.</summary>
    private sealed class TornTextException : Exception;

    private sealed class WholeText : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
        {
            EnsureWhole(value);
            writer.WriteStringValue(value);
        }

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
        {
            EnsureWhole(value);
            writer.WritePropertyName(value);
        }
    }
}
