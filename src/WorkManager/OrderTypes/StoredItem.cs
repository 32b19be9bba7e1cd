using System.Text.Json;

namespace WorkManager.OrderTypes;

/// <summary>A stored item as an order type sees it.</summary>
internal sealed class StoredItem(WorkItem item, JsonSerializerOptions lenient)
{
    public Guid Id => item.Id;

    public Guid OrderId => item.OrderId;

    public TInput ReadInput<TInput>() => Read<TInput>(item.Input, lenient);

    public TResult ReadResult<TResult>() => Read<TResult>(item.Result ?? "null", lenient);

    internal static T Read<T>(string json, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<T>(json, options) ?? throw new JsonException("The stored value is null.");
}
