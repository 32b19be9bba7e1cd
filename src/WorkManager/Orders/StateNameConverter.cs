using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace WorkManager;

/// <summary>Stores an enum under its snake_case name.</summary>
/// <typeparam name="TEnum">One of the enums of this package.</typeparam>
/// <remarks>Public because a host's compiled model calls it.</remarks>
public sealed class StateNameConverter<TEnum>() : ValueConverter<TEnum, string>(v => StateNames.ToName(v), n => StateNames.Parse<TEnum>(n))
    where TEnum : struct, Enum;
