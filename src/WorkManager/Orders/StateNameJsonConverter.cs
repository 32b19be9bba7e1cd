using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkManager;

/// <summary>Writes an enum under its snake_case name, as it is stored.</summary>
/// <typeparam name="TEnum">One of the enums of this package.</typeparam>
/// <remarks>Public because a serializer that is generated at compile time creates it.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class StateNameJsonConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;
