using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkManager.OrderTypes.Validation;

/// <summary>The types that are one JSON value without members.</summary>
internal static class JsonScalarContracts
{
    private static readonly Dictionary<Type, JsonContract> Scalars = new()
    {
        [typeof(bool)] = new(JsonContractKind.Boolean),
        [typeof(string)] = new(JsonContractKind.String),
        [typeof(char)] = Text(StringFormat.Character),
        [typeof(Guid)] = Text(StringFormat.Guid),
        [typeof(DateTime)] = Text(StringFormat.DateTime),
        [typeof(DateTimeOffset)] = Text(StringFormat.DateTimeOffset),
        [typeof(DateOnly)] = Text(StringFormat.Date),
        [typeof(TimeOnly)] = Text(StringFormat.Time),
        [typeof(TimeSpan)] = Text(StringFormat.Duration),
        [typeof(Uri)] = Text(StringFormat.Uri),
        [typeof(Version)] = Text(StringFormat.Version),
        [typeof(byte[])] = Text(StringFormat.Base64),
        [typeof(Memory<byte>)] = Text(StringFormat.Base64),
        [typeof(ReadOnlyMemory<byte>)] = Text(StringFormat.Base64),
        [typeof(sbyte)] = Integer(sbyte.MinValue, sbyte.MaxValue),
        [typeof(byte)] = Integer(byte.MinValue, byte.MaxValue),
        [typeof(short)] = Integer(short.MinValue, short.MaxValue),
        [typeof(ushort)] = Integer(ushort.MinValue, ushort.MaxValue),
        [typeof(int)] = Integer(int.MinValue, int.MaxValue),
        [typeof(uint)] = Integer(uint.MinValue, uint.MaxValue),
        [typeof(long)] = Integer(long.MinValue, long.MaxValue),
        [typeof(ulong)] = Integer(ulong.MinValue, ulong.MaxValue),
        [typeof(decimal)] = Number(NumberPrecision.Decimal),
        [typeof(double)] = Number(NumberPrecision.Double),
        [typeof(float)] = Number(NumberPrecision.Single),
    };

    public static JsonContract? Find(Type type) => Scalars.GetValueOrDefault(type);

    public static bool IsAny(Type type) =>
        type == typeof(object) || type == typeof(JsonElement) || type == typeof(JsonDocument) || type == typeof(JsonNode);

    private static JsonContract Text(StringFormat format) => new(JsonContractKind.String) { Format = format };

    private static JsonContract Number(NumberPrecision precision) => new(JsonContractKind.Number) { Precision = precision };

    private static JsonContract Integer(decimal minimum, decimal maximum) =>
        new(JsonContractKind.Integer) { Constraints = new() { Minimum = new(minimum), Maximum = new(maximum) } };
}
