using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using AwesomeAssertions;

namespace WorkManager.Tests.OrderTypes.Validation;

public sealed class RequiredSpecification
{
    [Fact]
    public void An_empty_object_is_accepted_where_nothing_is_required() => Checked.Accepted<AllOptional>("{}").Count.Should().Be(5);

    [Fact]
    public void An_array_is_not_an_object() => Checked.Refused<AllOptional>("[]", "schema.type_mismatch");

    [Fact]
    public void An_object_is_not_an_array() => Checked.Refused<string[]>("{}", "schema.type_mismatch");

    [Fact]
    public void Constructor_parameters_without_a_default_are_required() => Checked.Refused<Positional>("{}", "name schema.required");

    [Fact]
    public void Required_members_are_required_however_they_say_so() =>
        Checked.Refused<ThreeWays>("{}", "keyword schema.required", "json schema.required", "annotated schema.required");

    [Fact]
    public void Every_error_is_found_at_once_with_its_path() => Checked.Refused<Order>(
        """{"user":{"name":5,"mail":"none","extra":1},"tags":["ok",null,7],"count":11}""",
        "user.name schema.type_mismatch",
        "user.mail schema.format",
        "user.extra schema.unknown_property",
        "tags.1 schema.type_mismatch",
        "tags.2 schema.type_mismatch",
        "count schema.maximum",
        "id schema.required");

    [Fact]
    public void A_type_mismatch_is_the_only_error_of_its_field() => Checked.Refused<Order>(
        """{"id":"x","user":"nobody","tags":["a"],"count":1}""", "id schema.format", "user schema.type_mismatch");

    [Fact]
    public void Required_text_must_not_be_blank()
    {
        Checked.Refused<RequiredText>("""{"text":""}""", "text schema.min_length");
        Checked.Refused<RequiredText>("""{"text":"  "}""", "text schema.min_length");
        Checked.Refused<RequiredText>("""{"text":null}""", "text schema.type_mismatch");
        Checked.Accepted<RequiredText>("""{"text":"x"}""").Text.Should().Be("x");
    }

    [Fact]
    public void Required_text_may_be_empty_where_that_is_allowed() => Checked.Accepted<MayBeEmpty>("""{"text":""}""").Text.Should().BeEmpty();

    internal sealed record AllOptional(string? Name = null, int Count = 5);

    internal sealed record Positional(string Name, int Count = 5);

    internal sealed class ThreeWays
    {
        public required string Keyword { get; init; }

        [JsonRequired]
        public string Json { get; init; } = "";

        [Required]
        public string? Annotated { get; init; }
    }

    internal sealed record User(string Name, [EmailAddress] string? Mail = null);

    internal sealed record Order(Guid Id, User User, string[] Tags, [Range(1, 10)] int Count);

    internal sealed record RequiredText([Required] string? Text);

    internal sealed record MayBeEmpty([Required(AllowEmptyStrings = true)] string Text);
}
