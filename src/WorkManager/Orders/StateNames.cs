using System.Text.Json;

namespace WorkManager;

/// <summary>The snake_case names under which the enums of this package are stored and sent.</summary>
public static class StateNames
{
    /// <summary>The stored name of a value, such as <c>checked_out</c>.</summary>
    /// <typeparam name="TEnum">One of the enums of this package.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>The name.</returns>
    public static string ToName<TEnum>(TEnum value)
        where TEnum : struct, Enum => Names<TEnum>.ByValue[value];

    /// <summary>The value of a stored name.</summary>
    /// <typeparam name="TEnum">One of the enums of this package.</typeparam>
    /// <param name="name">The name, such as <c>checked_out</c>.</param>
    /// <returns>The value.</returns>
    /// <exception cref="FormatException">No value has this name.</exception>
    public static TEnum Parse<TEnum>(string name)
        where TEnum : struct, Enum =>
        Names<TEnum>.ByName.TryGetValue(name, out var value) ? value : throw new FormatException($"'{name}' is not a {typeof(TEnum).Name}.");

    /// <summary>All stored names of an enum, in order of declaration.</summary>
    /// <typeparam name="TEnum">One of the enums of this package.</typeparam>
    /// <returns>The names.</returns>
    public static IReadOnlyCollection<string> All<TEnum>()
        where TEnum : struct, Enum => Names<TEnum>.ByName.Keys;

    private static class Names<TEnum>
        where TEnum : struct, Enum
    {
        public static readonly Dictionary<TEnum, string> ByValue =
            Enum.GetValues<TEnum>().ToDictionary(v => v, v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));

        public static readonly Dictionary<string, TEnum> ByName = ByValue.ToDictionary(p => p.Value, p => p.Key);
    }
}
