using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace WorkManager.OrderTypes.Json;

/// <summary>The ways to read a host's JSON: strictly for what comes in, less so for stored rows.</summary>
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
            // Each of these changes or drops values, or refuses what is accepted elsewhere.
            DictionaryKeyPolicy = null,
            DefaultIgnoreCondition = JsonIgnoreCondition.Never,
            AllowOutOfOrderMetadataProperties = true,
        });
    }

    /// <summary>
    /// A copy for stored rows of the type's own version, or of an older one that was brought up: members that are not known any more are skipped. One that is
    /// needed and missing is an error, because it would be read as zero, or as null where null is not allowed.
    /// </summary>
    /// <param name="strict">The options to copy; they are not changed.</param>
    /// <returns>New options with the same names and converters.</returns>
    public static JsonSerializerOptions ToStored(JsonSerializerOptions strict)
    {
        ArgumentNullException.ThrowIfNull(strict);
        return new JsonSerializerOptions(strict)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
            AllowDuplicateProperties = true,
            RespectRequiredConstructorParameters = false,
            TypeInfoResolver = ResolverOf(strict).WithAddedModifier(AcceptUnknown).WithAddedModifier(NeedWhatIsNotNull),
        };
    }

    /// <summary>A copy for stored rows of a newer version of the type, which another process wrote: they are read as far as they are known.</summary>
    /// <param name="strict">The options to copy; they are not changed.</param>
    /// <returns>New options with the same names and converters, which accept everything that can be read.</returns>
    public static JsonSerializerOptions ToLenient(JsonSerializerOptions strict)
    {
        ArgumentNullException.ThrowIfNull(strict);
        return new JsonSerializerOptions(strict)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
            AllowDuplicateProperties = true,
            RespectNullableAnnotations = false,
            RespectRequiredConstructorParameters = false,
            TypeInfoResolver = ResolverOf(strict).WithAddedModifier(AcceptUnknown).WithAddedModifier(NeedNothing),
        };
    }

    private static bool IsStrict(JsonSerializerOptions options) => options is
    {
        UnmappedMemberHandling: JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties: false,
        RespectNullableAnnotations: true, RespectRequiredConstructorParameters: true, DictionaryKeyPolicy: null,
        DefaultIgnoreCondition: JsonIgnoreCondition.Never, AllowOutOfOrderMetadataProperties: true,
    };

    private static IJsonTypeInfoResolver ResolverOf(JsonSerializerOptions options) => options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver();

    // `required` and [JsonUnmappedMemberHandling] belong to the type, and win over the options.
    private static void AcceptUnknown(JsonTypeInfo type)
    {
        if (type.Kind is JsonTypeInfoKind.Object)
        {
            type.UnmappedMemberHandling = null;
        }
    }

    // A parameter that may be null was perhaps added since the row was written.
    private static void NeedWhatIsNotNull(JsonTypeInfo type)
    {
        foreach (var property in type.Kind is JsonTypeInfoKind.Object ? type.Properties : [])
        {
            property.IsRequired |= property.AssociatedParameter is { HasDefaultValue: false, IsNullable: false };
        }
    }

    private static void NeedNothing(JsonTypeInfo type)
    {
        foreach (var property in type.Kind is JsonTypeInfoKind.Object ? type.Properties : [])
        {
            property.IsRequired = false;
        }
    }
}
