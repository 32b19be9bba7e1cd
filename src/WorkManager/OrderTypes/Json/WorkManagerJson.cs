using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace WorkManager.OrderTypes.Json;

/// <summary>The two ways to read a host's JSON: strictly for what comes in, leniently for stored rows.</summary>
internal static class WorkManagerJson
{
    // Keyed weakly: options that a host drops take their copy with them.
    private static readonly ConditionalWeakTable<JsonSerializerOptions, JsonSerializerOptions> StrictCopies = [];

    /// <summary>Options for what comes in: unknown and duplicate members, missing required and null for non-null are refused.</summary>
    /// <returns>New options, open to changes until their first use.</returns>
    public static JsonSerializerOptions CreateStrict() => new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DictionaryKeyPolicy = null, // keys are data, not names of ours
        AllowOutOfOrderMetadataProperties = true, // a sender may write the discriminator anywhere
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>The host's options, made strict where they are not: what is checked does not depend on how a host writes its JSON.</summary>
    /// <param name="options">The host's options, which can no longer be changed after this.</param>
    /// <returns>The same options if they are strict, or else a strict copy; always the same one for the same options.</returns>
    public static JsonSerializerOptions ToStrict(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return IsStrict(options) ? options : StrictCopies.GetValue(options, static o => new JsonSerializerOptions(o)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
        });
    }

    /// <summary>A copy for stored rows, which an older or newer version of the type may have written.</summary>
    /// <param name="strict">The options to copy; they are not changed.</param>
    /// <returns>New options with the same names and converters, which accept everything that can be read.</returns>
    public static JsonSerializerOptions ToLenient(JsonSerializerOptions strict)
    {
        ArgumentNullException.ThrowIfNull(strict);

        var resolver = strict.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver();
        return new JsonSerializerOptions(strict)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
            AllowDuplicateProperties = true,
            RespectNullableAnnotations = false,
            RespectRequiredConstructorParameters = false,
            TypeInfoResolver = resolver.WithAddedModifier(Loosen),
        };
    }

    private static bool IsStrict(JsonSerializerOptions options) => options is
    {
        UnmappedMemberHandling: JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties: false,
        RespectNullableAnnotations: true, RespectRequiredConstructorParameters: true,
    };

    // `required` and [JsonUnmappedMemberHandling] belong to the type and win over the options: a row written before a
    // member became required could never be read again.
    private static void Loosen(JsonTypeInfo type)
    {
        if (type.Kind is not JsonTypeInfoKind.Object)
        {
            return;
        }

        type.UnmappedMemberHandling = null;
        foreach (var property in type.Properties)
        {
            property.IsRequired = false;
        }
    }
}
