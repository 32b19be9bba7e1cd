using System.Buffers.Text;
using System.Text;

namespace WorkManager.Reading;

/// <summary>The opaque text of a page cursor.</summary>
internal static class Cursor
{
    public static string Of(object position) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"1:{position}"));

    /// <exception cref="InvalidQueryException">The text is no cursor of such a list.</exception>
    public static T? Read<T>(string? cursor)
        where T : struct, IParsable<T>
    {
        if (cursor is null)
        {
            return null;
        }

        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
            if (text.StartsWith("1:", StringComparison.Ordinal) && T.TryParse(text[2..], null, out var position))
            {
                return position;
            }
        }
        catch (FormatException)
        {
            // The exception below covers this, like every other text that is not a cursor.
        }

        throw new InvalidQueryException(WorkErrorCodes.InvalidCursor, "The cursor was not issued by this list.");
    }
}
