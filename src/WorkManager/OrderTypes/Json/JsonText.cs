using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace WorkManager.OrderTypes.Json;

/// <summary>
/// Reads strings and names that may not be text at all: JSON can spell half a surrogate pair (<c>"\ud800"</c>), and
/// <see cref="JsonElement"/> throws only when such a string is asked for.
/// </summary>
internal static class JsonText
{
    public static bool TryGetString(JsonElement element, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = element.GetString();
        }
        catch (InvalidOperationException)
        {
            text = null;
        }

        return text is not null;
    }

    public static bool TryGetName(JsonProperty property, [NotNullWhen(true)] out string? name)
    {
        try
        {
            name = property.Name;
        }
        catch (InvalidOperationException)
        {
            name = null;
        }

        return name is not null;
    }
}
