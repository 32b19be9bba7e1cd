using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace WorkManager.OrderTypes.Json;

/// <summary>
/// A document without what only some parsers accept. A caller may have parsed comments and trailing commas: <see cref="JsonElement"/> keeps them in its
/// text, and databases refuse them.
/// </summary>
internal static class PlainJson
{
    // More than any options allow. How deep a document may be is checked elsewhere.
    private const int MaxDepth = 1000;

    /// <summary>The document itself if its text is plain, as it nearly always is. One that cannot be written is returned too: its check refuses it.</summary>
    public static JsonElement Of(JsonElement document)
    {
        if (IsPlain(JsonMarshal.GetRawUtf8Value(document)))
        {
            return document;
        }

        try
        {
            var text = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(text, new JsonWriterOptions { MaxDepth = MaxDepth }))
            {
                document.WriteTo(writer);
            }

            return JsonElement.Parse(text.WrittenSpan, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (Exception unwritable) when (unwritable is InvalidOperationException or ArgumentException or JsonException)
        {
            return document;
        }
    }

    private static bool IsPlain(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                // Only the end, or an error, is of interest.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
