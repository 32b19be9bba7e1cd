using System.Text.Json;

namespace WorkManager.Orders;

/// <summary>Reads the JSON columns of the entities.</summary>
internal static class StoredJson
{
    public static T Read<T>(string json, JsonSerializerOptions? options) =>
        JsonSerializer.Deserialize<T>(json, options ?? JsonSerializerOptions.Web) ?? throw new JsonException("The stored value is null.");

    public static T? ReadOptional<T>(string? json, JsonSerializerOptions? options) =>
        json is null ? default : JsonSerializer.Deserialize<T>(json, options ?? JsonSerializerOptions.Web);
}
