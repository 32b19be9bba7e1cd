using System.Text.Json;

namespace WorkManager.OrderTypes.Validation;

/// <summary>Describes the rules of a contract, for messages. It never sees the value that was sent.</summary>
internal static class ContractText
{
    private const int MaxChoices = 50;

    public static bool Fits(JsonContractKind kind, JsonValueKind value) => kind switch
    {
        JsonContractKind.Boolean => value is JsonValueKind.True or JsonValueKind.False,
        JsonContractKind.String => value is JsonValueKind.String,
        JsonContractKind.Integer or JsonContractKind.Number => value is JsonValueKind.Number,
        JsonContractKind.Array => value is JsonValueKind.Array,
        JsonContractKind.Dictionary or JsonContractKind.Object => value is JsonValueKind.Object,
        _ => value is not JsonValueKind.Undefined,
    };

    public static string Of(JsonContract contract) => contract.Kind switch
    {
        JsonContractKind.Boolean => "true or false",
        JsonContractKind.String => "a string",
        JsonContractKind.Integer => "an integer",
        JsonContractKind.Number => "a number",
        JsonContractKind.Array => "an array",
        JsonContractKind.Dictionary or JsonContractKind.Object => "an object",
        _ => "given",
    };

    public static string Of(StringFormat format) => format switch
    {
        StringFormat.Character => "one character",
        StringFormat.Guid => "a UUID such as 00000000-0000-0000-0000-000000000000",
        StringFormat.DateTime => "a date and time in ISO 8601",
        StringFormat.DateTimeOffset => "a date and time in ISO 8601 with an offset, such as 2030-01-31T12:00:00Z",
        StringFormat.Date => "a date such as 2030-01-31",
        StringFormat.Time => "a time such as 12:00:00",
        StringFormat.Duration => "a duration as [-][d.]hh:mm:ss",
        StringFormat.Uri => "a URI",
        StringFormat.Version => "a version such as 1.0",
        StringFormat.Base64 => "Base64",
        StringFormat.Email => "an e-mail address",
        StringFormat.Url => "an http, https or ftp URL",
        _ => "a string",
    };

    public static string Choices(IEnumerable<JsonElement> allowed)
    {
        string[] choices = [.. allowed.Select(static v => v.ValueKind is JsonValueKind.String ? v.GetString()! : v.GetRawText())];
        return $"The value must be one of: {string.Join(", ", choices.Take(MaxChoices))}{(choices.Length > MaxChoices ? ", …" : "")}.";
    }
}
