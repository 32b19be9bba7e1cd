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

    /// <summary>Like <see cref="JsonElement.TryGetProperty(string, out JsonElement)"/>, which may throw if another name is not valid text.</summary>
    public static bool TryGetMember(JsonElement element, string name, out JsonElement value)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (TryGetName(member, out var other) && other == name)
            {
                value = member.Value;
                return true;
            }
        }

        value = default;
        return false;
    }
}
