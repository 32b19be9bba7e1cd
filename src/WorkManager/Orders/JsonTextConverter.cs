using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkManager;

/// <summary>Writes a column that holds JSON text as the JSON that it is, so that an entity can be returned from an endpoint.</summary>
/// <remarks>Public because a serializer that is generated at compile time creates it.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class JsonTextConverter : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.GetRawText();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteRawValue(value);
    }
}
