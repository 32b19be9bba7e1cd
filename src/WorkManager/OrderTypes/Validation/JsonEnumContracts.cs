using System.Text.Json;

namespace WorkManager.OrderTypes.Validation;

/// <summary>The names of an enum on the wire, found by writing every value: so naming policies and [JsonStringEnumMemberName] apply by themselves.</summary>
internal static class JsonEnumContracts
{
    public static JsonContract For(Type type, JsonSerializerOptions options)
    {
        // "Read, Write" is any combination of names: deserialization decides.
        if (type.IsDefined(typeof(FlagsAttribute), inherit: false))
        {
            return JsonContract.Opaque;
        }

        JsonElement[] values = [.. Enum.GetValues(type).Cast<object>().Distinct().Select(v => JsonSerializer.SerializeToElement(v, type, options))];
        return values.All(static v => v.ValueKind is JsonValueKind.String)
            ? new JsonContract(JsonContractKind.String) { Constraints = new() { AllowedValues = values } }
            : JsonScalarContracts.Find(Enum.GetUnderlyingType(type)) ?? JsonContract.Opaque;
    }
}
