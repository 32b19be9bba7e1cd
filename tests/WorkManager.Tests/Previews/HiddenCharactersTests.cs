using System.Globalization;
using System.Text;
using AwesomeAssertions;
using WorkManager.Changes;

namespace WorkManager.Tests.Previews;

/// <summary>What a reviewer would not see is made visible, and what a reviewer reads stays as it is.</summary>
public sealed class HiddenCharactersTests
{
    private static readonly (int From, int To)[] Hidden =
    [
        // Controls of a terminal, among them the one that begins an escape sequence, and of C1.
        (0x00, 0x08), (0x0B, 0x1F), (0x7F, 0x85), (0x9B, 0x9B),
        // Spaces that are none, or look like one.
        (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000),
        // What turns the direction of text (UAX #9).
        (0x061C, 0x061C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069),
        // Nothing at all: joiners, invisible operators, the soft hyphen, byte order marks, fillers, an empty pattern of Braille.
        (0xAD, 0xAD), (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180E), (0x200B, 0x200D), (0x2060, 0x2064), (0x2800, 0x2800),
        (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB),
        // Ends of lines that are not those of a text.
        (0x2028, 0x2029),
        // Tags: a whole text that nobody sees (U+E0000 and what follows), and more variations.
        (0xE0001, 0xE0001), (0xE0020, 0xE007F), (0xE0100, 0xE0110),
        // Private use: what it looks like is up to the font.
        (0xE000, 0xE000), (0xF0000, 0xF0000),
    ];

    public static TheoryData<int> HiddenCodes => [.. Hidden.SelectMany(range => Enumerable.Range(range.From, range.To - range.From + 1))];

    [Fact]
    public void There_are_more_than_a_hundred_cases() => HiddenCodes.Should().HaveCountGreaterThan(100).And.OnlyHaveUniqueItems();

    [Theory]
    [MemberData(nameof(HiddenCodes))]
    public void A_hidden_character_is_shown_by_its_code(int code) =>
        HiddenCharacters.Show($"a{new Rune(code)}b").Should().Be(string.Create(CultureInfo.InvariantCulture, $"a\\u{{{code:X4}}}b"));

    [Theory]
    [InlineData("plain text, 1.5 €")]
    [InlineData("Grüße aus Łódź, \"quoted\"")]
    [InlineData("שלום عالم 你好 こんにちは 한국어")]
    [InlineData("e\u0301 and \U0001F600")]
    [InlineData("two\nlines\tand a tab")]
    public void What_can_be_read_stays_as_it_is(string text) => HiddenCharacters.Show(text).Should().Be(text);

    [Fact]
    public void What_only_looks_like_a_code_is_told_apart() => HiddenCharacters.Show(@"a\u{202E}b").Should().Be(@"a\\u{202E}b");

    [Fact]
    public void Half_of_a_surrogate_pair_is_shown() => HiddenCharacters.Show("a\ud83db").Should().Be(@"a\u{FFFD}b");
}
