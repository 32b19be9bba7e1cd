using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;

namespace WorkManager.OrderTypes.Validation;

/// <summary>Tells whether a string has its format, as System.Text.Json reads it.</summary>
internal static class StringFormats
{
    private static readonly EmailAddressAttribute Email = new();
    private static readonly UrlAttribute Url = new();

    public static bool Fits(StringFormat format, JsonElement value, string text) => format switch
    {
        StringFormat.Character => text.Length is 1,
        StringFormat.Guid => value.TryGetGuid(out _),
        StringFormat.DateTime => value.TryGetDateTime(out _),
        StringFormat.DateTimeOffset => value.TryGetDateTimeOffset(out _) && HasOffset(text),
        StringFormat.Date => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        StringFormat.Time => IsDuration(text, out var time) && time >= TimeSpan.Zero && time < TimeSpan.FromDays(1),
        StringFormat.Duration => IsDuration(text, out _),
        StringFormat.Uri => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out _),
        StringFormat.Version => Version.TryParse(text, out _),
        StringFormat.Base64 => value.TryGetBytesFromBase64(out _),
        StringFormat.Email => Email.IsValid(text),
        StringFormat.Url => Url.IsValid(text),
        _ => true,
    };

    private static bool HasOffset(string text) =>
        text.EndsWith('Z') || (text.Contains('T', StringComparison.Ordinal) && text.Length > 6 && text[^6] is '+' or '-' && text[^3] is ':');

    // The serializer reads "90" as 90 days, but a sender hardly means that.
    private static bool IsDuration(string text, out TimeSpan duration) =>
        TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration)
        && text.Contains(':', StringComparison.Ordinal)
        && !char.IsWhiteSpace(text[0])
        && !char.IsWhiteSpace(text[^1]);
}
