using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkManager.OrderTypes;

/// <summary>A stored payload, input or result, to be read as a value of the class that the order type has for it.</summary>
/// <param name="Subject">What it is, for messages.</param>
/// <param name="Json">The text.</param>
/// <param name="Version">The version of the order type that wrote it.</param>
/// <param name="Format">How it is read.</param>
internal sealed record StoredDocument(string Subject, string Json, int Version, StoredFormat Format)
{
    /// <summary>Whether a process with a newer version of the order type wrote it.</summary>
    private bool IsNewer { get; init; }

    private JsonSerializerOptions Options => IsNewer ? Format.Newer : Format.Known;

    /// <summary>Brings a document of an older version up. One that is no object has no members that change, and stays as it is.</summary>
    /// <exception cref="WorkManagerException">The upgrade threw.</exception>
    public StoredDocument Upgrade(int current, Func<JsonObject, int, JsonObject> upgrade)
    {
        if (Version >= current)
        {
            return this with { IsNewer = Version > current };
        }

        try
        {
            return JsonNode.Parse(Json, documentOptions: new JsonDocumentOptions { MaxDepth = Options.MaxDepth }) is JsonObject stored
                ? this with { Json = upgrade(stored, Version).ToJsonString(Options), Version = current }
                : this;
        }
        catch (Exception failure) when (failure is not WorkManagerException)
        {
            throw Unreadable($"The upgrade of the {Subject} from version {Version} to {current} failed.", failure);
        }
    }

    /// <exception cref="WorkManagerException">The document is no such value.</exception>
    public T Read<T>() => (T)Read(typeof(T));

    /// <summary>Reads the document for a caller who names the class.</summary>
    /// <param name="declared">The class that the order type has for it.</param>
    /// <param name="wanted">The class that the caller names: the declared one, a base of it, a class derived from it, or one for any JSON.</param>
    /// <exception cref="WorkManagerException">The caller names another class, or the document does not fit it.</exception>
    public object ReadAs(Type declared, Type wanted)
    {
        if (wanted == typeof(JsonElement) || wanted == typeof(JsonDocument) || wanted.IsAssignableTo(typeof(JsonNode)))
        {
            return Read(wanted);
        }

        var isRelated = wanted.IsAssignableFrom(declared) || declared.IsAssignableFrom(wanted);
        return isRelated && Read(declared) is var value && wanted.IsInstanceOfType(value) ? value : throw new WorkManagerException(
            WorkErrorCodes.TypeMismatch, $"The {Subject} is of the class {declared.Name}, and cannot be read as {wanted.Name}.");
    }

    private object Read(Type type)
    {
        try
        {
            return JsonSerializer.Deserialize(Json, type, Options) ?? throw new JsonException("It is null.");
        }
        catch (Exception failure) when (failure is not WorkManagerException)
        {
            throw Unreadable($"The {Subject}, written by version {Version} of its order type, cannot be read as {type.Name}.", failure);
        }
    }

    private static WorkManagerException Unreadable(string message, Exception failure) => new(
        WorkErrorCodes.UnreadableDocument, $"{message} The inner exception says why.", failure);
}
