using AwesomeAssertions;
using WorkManager.OrderTypes.Validation;

namespace WorkManager.Tests.OrderTypes.Validation;

/// <summary>A name is suggested if it is close, and none otherwise.</summary>
public sealed class SuggestionTests
{
    [Theory]
    [InlineData("Text", "text")]
    [InlineData("first_name", "firstName")]
    [InlineData("txet", null)]
    [InlineData("frstname", "firstName")]
    [InlineData("texts", "text")]
    [InlineData("is", null)]
    [InlineData("colour", null)]
    [InlineData("", null)]
    public void A_close_name_is_suggested(string name, string? meant) => Suggestion.For(name, ["text", "firstName", "id"]).Should().Be(meant);

    [Fact]
    public void A_name_of_any_length_is_looked_at_in_bounded_time() => Suggestion.For(new string('x', 1_000_000), ["text"]).Should().BeNull();
}
