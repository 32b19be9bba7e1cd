using System.Text.Json;
using AwesomeAssertions;
using WorkManager.OrderTypes.Json;
using WorkManager.OrderTypes.Validation;

namespace WorkManager.Tests.OrderTypes.Validation;

/// <summary>Reads JSON text as a type under the strict options, and says what came of it.</summary>
internal static class Checked
{
    public static readonly JsonSerializerOptions Strict = WorkManagerJson.CreateStrict();

    public static IReadOnlyList<ValidationError> Errors<T>(string json, JsonSerializerOptions? options = null)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 100_000 });
        new StrictJsonReader(options ?? Strict).Read(document.RootElement, typeof(T), out var errors);
        return errors;
    }

    /// <summary>The errors as "field code", in their order.</summary>
    public static string[] Codes<T>(string json, JsonSerializerOptions? options = null) =>
        [.. Errors<T>(json, options).Select(e => $"{e.Field} {e.Code}".Trim())];

    public static T Accepted<T>(string json, JsonSerializerOptions? options = null)
    {
        using var document = JsonDocument.Parse(json);
        var value = new StrictJsonReader(options ?? Strict).Read(document.RootElement, typeof(T), out var errors);
        errors.Should().BeEmpty();
        return (T)value!;
    }

    public static void Refused<T>(string json, params string[] codes) => Codes<T>(json).Should().Equal(codes);
}
