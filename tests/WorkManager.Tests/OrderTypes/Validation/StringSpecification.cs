using System.ComponentModel.DataAnnotations;
using AwesomeAssertions;
using WorkManager.OrderTypes.Validation;

namespace WorkManager.Tests.OrderTypes.Validation;

public sealed class StringSpecification
{
    [Theory]
    [InlineData("min", "ab", null)]
    [InlineData("min", "a", "schema.min_length")]
    [InlineData("max", "abc", null)]
    [InlineData("max", "abcd", "schema.max_length")]
    [InlineData("both", "ab", null)]
    [InlineData("both", "abc", null)]
    [InlineData("both", "a", "schema.min_length")]
    [InlineData("both", "abcd", "schema.max_length")]
    [InlineData("old", "ab", null)]
    [InlineData("old", "a", "schema.min_length")]
    [InlineData("old", "abcd", "schema.max_length")]
    [InlineData("onProperty", "abcd", "schema.max_length")]
    [InlineData("onProperty", "abc", null)]
    public void Lengths_are_checked_at_and_beyond_the_limit(string field, string value, string? code) =>
        Checked.Codes<Lengths>($$"""{"{{field}}":"{{value}}"}""").Should().Equal(code is null ? [] : [$"{field} {code}"]);

    [Fact]
    public void Length_counts_characters_and_not_code_units() => Checked.Accepted<Lengths>("""{"max":"😀😀😀"}""").Max.Should().HaveLength(6);

    [Fact]
    public void Binary_length_counts_bytes()
    {
        Checked.Accepted<Binary>("""{"data":"AAEC"}""").Data.Should().HaveCount(3);
        Checked.Refused<Binary>("""{"data":"AAECAw=="}""", "data schema.max_length");
    }

    [Theory]
    [InlineData("a/b", true)]
    [InlineData("xa/b", false)]
    [InlineData("a/bx", false)]
    [InlineData("a/b\\n", false)]
    [InlineData("", false)]
    public void A_pattern_must_match_the_whole_text_and_may_hold_a_slash(string value, bool fits) =>
        Checked.Codes<Patterns>($$"""{"path":"{{value}}"}""").Should().Equal(fits ? [] : ["path schema.pattern"]);

    [Fact]
    public void The_first_alternative_of_a_pattern_does_not_escape_the_anchors() =>
        Checked.Refused<Patterns>("""{"either":"catfish"}""", "either schema.pattern");

    [Theory]
    [InlineData("linear")]
    [InlineData("backtracking")]
    public void A_hostile_text_is_refused_instead_of_matched_for_ever(string field)
    {
        var hostile = $"{{\"{field}\":[{string.Join(',', Enumerable.Repeat($"{{\"text\":\"{new string('a', 40)}!\"}}", 100))}]}}";
        Checked.Codes<Hostile>("""{"linear":[{"text":"a"}],"backtracking":[{"text":"a"}]}""").Should().BeEmpty();

        // Without a limit one of these texts alone would take hours.
        Checked.Codes<Hostile>(hostile).Should().HaveCount(100).And.OnlyContain(c => c.EndsWith("schema.pattern"));
    }

    [Theory]
    [InlineData("guid", "0d7bb0ae-5d0c-4f5b-9d0e-0a2a3c1b2d3e", "0d7bb0ae5d0c4f5b9d0e0a2a3c1b2d3e")]
    [InlineData("dateTime", "2030-01-31T12:00:00", "31.01.2030")]
    [InlineData("dateTimeOffset", "2030-01-31T12:00:00+01:00", "2030-01-31T12:00:00")]
    [InlineData("date", "2030-01-31", "2030-02-31")]
    [InlineData("time", "12:30:00", "24:00:00")]
    [InlineData("span", "1.02:03:04", "90")]
    [InlineData("uri", "https://example.org/a?b=c", "http://[")]
    [InlineData("bytes", "AAEC", "A")]
    [InlineData("mail", "a@example.org", "a@")]
    [InlineData("link", "https://example.org", "ws://example.org")]
    [InlineData("character", "x", "xy")]
    public void A_format_is_checked(string field, string right, string wrong)
    {
        Checked.Codes<Formats>($$"""{"{{field}}":"{{right}}"}""").Should().BeEmpty();
        Checked.Refused<Formats>($$"""{"{{field}}":"{{wrong}}"}""", $"{field} schema.format");
    }

    [Theory]
    [InlineData("""{"text":"a\u0000b"}""", "text schema.invalid_character")]
    [InlineData("""{"text":"\ud800"}""", "text schema.invalid_character")]
    [InlineData("""{"anything":{"deep":["\u0000"]}}""", "anything.deep.0 schema.invalid_character")]
    [InlineData("""{"anything":{"\u0000":1}}""", "anything schema.invalid_character")]
    [InlineData("""{"\ud800":1}""", "schema.invalid_character")]
    public void A_character_that_no_database_stores_is_refused_everywhere(string json, string error) => Checked.Refused<Free>(json, error);

    [Fact]
    public void Messages_and_fields_do_not_repeat_what_was_sent()
    {
        var secret = new string('s', 500);
        var errors = Checked.Errors<Formats>($$"""{"guid":"{{secret}}","mail":"{{secret}}","{{secret}}":1,"evil\u001b[2J":1}""");

        errors.Should().HaveCount(4);
        errors.Should().OnlyContain(e => !e.Message.Contains("sss") && e.Field.Length <= FieldPath.MaxNameLength + 1 && !e.Field.Contains('\u001b'));
    }

    internal sealed record Lengths(
        [MinLength(2)] string Min = "ab", [MaxLength(3)] string Max = "", [Length(2, 3)] string Both = "ab",
        [StringLength(3, MinimumLength = 2)] string Old = "ab", [property: MaxLength(3)] string OnProperty = "");

    internal sealed record Binary([MaxLength(3)] byte[] Data);

    internal sealed record Patterns([RegularExpression("a/b")] string Path = "a/b", [RegularExpression("cat|dog")] string Either = "cat");

    internal sealed record Linear([RegularExpression("(a+)+")] string Text);

    internal sealed record Backtracking([RegularExpression("(?=a)(a+)+")] string Text);

    internal sealed record Hostile(Linear[]? Linear = null, Backtracking[]? Backtracking = null);

    internal sealed record Formats(
        Guid Guid = default, DateTime DateTime = default, DateTimeOffset DateTimeOffset = default, DateOnly Date = default, TimeOnly Time = default,
        TimeSpan Span = default, Uri? Uri = null, byte[]? Bytes = null, [EmailAddress] string? Mail = null, [Url] string? Link = null, char Character = 'x');

    internal sealed record Free(string Text = "", object? Anything = null);
}
