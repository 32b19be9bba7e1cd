using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkManager.Orders;

/// <summary>Reads the JSON columns of the entities.</summary>
internal static class StoredJson
{
    /// <summary>Reads what the default options of <c>WorkManagerOptions.Json</c> write: enums are names.</summary>
    private static readonly JsonSerializerOptions Default = new(JsonSerializerOptions.Web) { Converters = { new JsonStringEnumConverter() } };

    public static T Read<T>(string json, JsonSerializerOptions? options) =>
        JsonSerializer.Deserialize<T>(json, options ?? Default) ?? throw new JsonException("The stored value is null.");

    public static T? ReadOptional<T>(string? json, JsonSerializerOptions? options) =>
        json is null ? default : JsonSerializer.Deserialize<T>(json, options ?? Default);
}
