using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace WorkManager.Changes;

/// <summary>
/// Makes visible what a reviewer would not see: characters that turn the direction of text, have no width, are only tags, or control a terminal.
/// </summary>
internal static class HiddenCharacters
{
    /// <summary>The hidden characters of some values, also in names and texts within them: each once, as <c>U+202E</c>, in the order of their codes.</summary>
    /// <param name="values">The values.</param>
    public static IReadOnlyList<string> In(params IEnumerable<JsonNode?> values) =>
        [.. values.SelectMany(RunesIn).Distinct().Order().Select(rune => string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}"))];

    /// <summary>A copy of the value, with every name and text in it as <see cref="Show(string)"/> shows it.</summary>
    /// <param name="value">The value.</param>
    public static JsonNode? Show(JsonNode? value) => value switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(Show(member.Key), Show(member.Value)))),
        JsonArray elements => new JsonArray([.. elements.Select(Show)]),
        JsonValue text when text.TryGetValue<string>(out var content) => Show(content),
        _ => value?.DeepClone(),
    };

    /// <summary>The text with each hidden character as <c>\u{code}</c>. A reversed solidus is doubled, so that nothing else looks like one.</summary>
    /// <param name="text">The text.</param>
    public static string Show(string text)
    {
        if (text.EnumerateRunes().All(rune => rune.Value != '\\' && !IsHidden(rune)))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = IsHidden(rune) ? shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X4}}}")
                : rune.Value == '\\' ? shown.Append(@"\\")
                : shown.Append(rune.ToString());
        }

        return shown.ToString();
    }

    /// <summary>Whether a reviewer would not see the character, or see something else because of it.</summary>
    /// <param name="rune">The character.</param>
    public static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        // Among them all bidirectional controls (UAX #9), zero width characters, and the tags from U+E0000 on.
        UnicodeCategory.Format => true,
        UnicodeCategory.Control => rune.Value is not ('\n' or '\t'),
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => true,
        UnicodeCategory.SpaceSeparator => rune.Value != ' ',
        // What half of a surrogate pair was.
        UnicodeCategory.OtherSymbol => rune == Rune.ReplacementChar || rune.Value == 0x2800,
        // Variation selectors, and others without a shape of their own.
        UnicodeCategory.NonSpacingMark => rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or 0x034F or (>= 0x180B and <= 0x180F)
            or 0x17B4 or 0x17B5,
        UnicodeCategory.OtherLetter => rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0,
        _ => false,
    };

    private static IEnumerable<Rune> RunesIn(JsonNode? value) => value switch
    {
        JsonObject members => members.SelectMany(member => HiddenIn(member.Key).Concat(RunesIn(member.Value))),
        JsonArray elements => elements.SelectMany(RunesIn),
        JsonValue text when text.TryGetValue<string>(out var content) => HiddenIn(content),
        _ => [],
    };

    private static IEnumerable<Rune> HiddenIn(string text) => text.EnumerateRunes().Where(IsHidden);
}
