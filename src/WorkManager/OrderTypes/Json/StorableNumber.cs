using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace WorkManager.OrderTypes.Json;

/// <summary>
/// Tells whether .NET and both databases can keep a number: <see cref="double"/> and PostgreSQL's <c>jsonb</c> have limits, and JSON has none.
/// </summary>
internal static class StorableNumber
{
    // What PostgreSQL's numeric has behind the point.
    private const int MostDecimals = 16_383;

    public static bool Fits(JsonElement number) =>
        number.TryGetDouble(out var value) && double.IsFinite(value) && HasFewDecimals(JsonMarshal.GetRawUtf8Value(number));

    private static bool HasFewDecimals(ReadOnlySpan<byte> text)
    {
        var exponentAt = text.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var point = mantissa.IndexOf((byte)'.');
        var decimals = point < 0 ? 0 : mantissa.Length - point - 1;
        if (exponentAt < 0)
        {
            return decimals <= MostDecimals;
        }

        return int.TryParse(text[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
            && (long)decimals - exponent <= MostDecimals;
    }
}
