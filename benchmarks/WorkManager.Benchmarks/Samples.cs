using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkManager.Benchmarks;

/// <summary>A document as a requester of some size would send it: 20 lines, each with rules.</summary>
internal sealed record Invoice(
    [property: MinLength(1), MaxLength(40)] string Number, DateOnly Date, Currency Currency, [property: MinLength(1)] Line[] Lines);

internal sealed record Line(
    [property: Range(1, 1000)] int Position, [property: MaxLength(200)] string Text, [property: Range(0.0, 1_000_000.0)] decimal Price, string? Note);

internal enum Currency
{
    Euro,
    Dollar,
}

/// <summary>The same documents for all benchmarks.</summary>
internal static class Samples
{
    public static readonly JsonSerializerOptions Json = new WorkManagerOptions().Json;

    public static readonly Invoice Invoice = new(
        "2026-000123", new DateOnly(2026, 1, 31), Currency.Euro,
        [
            .. Enumerable.Range(1, 20).Select(
                i => new Line(i, $"Line {i}: paper, envelopes and other things for the office", 12.5m * i, i % 2 == 0 ? null : "as agreed")),
        ]);

    public static readonly JsonElement Document = JsonSerializer.SerializeToElement(Invoice, Json);

    /// <summary>Every line breaks a rule.</summary>
    public static readonly JsonElement Refused =
        JsonSerializer.SerializeToElement(Invoice with { Lines = [.. Invoice.Lines.Select(l => l with { Position = 0 })] }, Json);

    public static JsonObject ToObject(JsonElement document) => JsonObject.Create(document)!;
}
