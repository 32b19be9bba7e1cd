using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace WorkManager.Orders;

/// <summary>Reads the JSON columns of the entities, which do not know their order type.</summary>
internal static class StoredJson
{
    /// <summary>Reads what the default options of <c>WorkManagerOptions.Json</c> write: enums are names.</summary>
    private static readonly JsonSerializerOptions Default = new(JsonSerializerOptions.Web)
    {
        AllowOutOfOrderMetadataProperties = true,
        Converters = { new JsonStringEnumConverter() },
    };

    // A document may have its discriminator anywhere. Keyed weakly: options that a caller drops take their copy with them.
    private static readonly ConditionalWeakTable<JsonSerializerOptions, JsonSerializerOptions> Copies = [];

    /// <exception cref="WorkManagerException">The text is no such value.</exception>
    public static T Read<T>(string subject, string json, JsonSerializerOptions? options)
    {
        var how = options is null or { AllowOutOfOrderMetadataProperties: true }
            ? options ?? Default
            : Copies.GetValue(options, static o => new(o) { AllowOutOfOrderMetadataProperties = true });
        how.MakeReadOnly(populateMissingResolver: true);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = how.MaxDepth });
            EnsureFits(document.RootElement, how.GetTypeInfo(typeof(T)), how);
            return document.Deserialize<T>(how) ?? throw new JsonException("It is null.");
        }
        // Constructors and setters of the class throw what they like, and a class may be one that no JSON can be read as.
        catch (Exception misfit) when (misfit is not WorkManagerException)
        {
            throw new WorkManagerException(
                WorkErrorCodes.TypeMismatch,
                $"The {subject} cannot be read as {typeof(T).Name}. Name the class of its order type, in the version that wrote it; or read it as JSON.",
                misfit);
        }
    }

    /// <inheritdoc cref="Read"/>
    public static T? ReadOptional<T>(string subject, string? json, JsonSerializerOptions? options) => json is null ? default : Read<T>(subject, json, options);

    // System.Text.Json gives members that are not there their default values: another class would be read as zeros and nulls.
    private static void EnsureFits(JsonElement document, JsonTypeInfo type, JsonSerializerOptions options)
    {
        if (document.ValueKind != JsonValueKind.Object || type is not { Kind: JsonTypeInfoKind.Object, PolymorphismOptions: null })
        {
            return;
        }

        var names = options.PropertyNameCaseInsensitive ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var present = document.EnumerateObject().Select(m => m.Name).ToHashSet(names);
        if (type.Properties.FirstOrDefault(p => IsNeeded(p) && !present.Contains(p.Name)) is { } missing)
        {
            throw new JsonException($"The member '{missing.Name}' is missing.");
        }

        if (present.Count > 0 && !type.Properties.Any(p => p.IsExtensionData || present.Contains(p.Name)))
        {
            throw new JsonException("None of its members is known.");
        }
    }

    private static bool IsNeeded(JsonPropertyInfo property) =>
        property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false, IsNullable: false };
}
