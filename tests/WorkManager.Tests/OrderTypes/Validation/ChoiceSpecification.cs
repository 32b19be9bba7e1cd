using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using AwesomeAssertions;

namespace WorkManager.Tests.OrderTypes.Validation;

public sealed class ChoiceSpecification
{
    [Theory]
    [InlineData("colour", "\"Red\"", null)]
    [InlineData("colour", "\"dark-blue\"", null)]
    [InlineData("colour", "\"DarkBlue\"", "schema.enum_invalid")]
    [InlineData("colour", "\"red\"", "schema.enum_invalid")]
    [InlineData("colour", "\"Green\"", "schema.enum_invalid")]
    [InlineData("colour", "\"0\"", "schema.enum_invalid")]
    [InlineData("colour", "0", "schema.type_mismatch")]
    [InlineData("maybe", "null", null)]
    [InlineData("maybe", "\"Green\"", "schema.enum_invalid")]
    [InlineData("own", "\"first_one\"", null)]
    [InlineData("own", "\"FirstOne\"", "schema.enum_invalid")]
    [InlineData("rights", "\"Read, Write\"", null)]
    [InlineData("rights", "\"Fly\"", "schema.invalid")]
    [InlineData("size", "\"S\"", null)]
    [InlineData("size", "\"XL\"", "schema.enum_invalid")]
    [InlineData("size", "null", "schema.enum_invalid")]
    [InlineData("step", "10", null)]
    [InlineData("step", "11", "schema.enum_invalid")]
    public void Only_listed_values_are_accepted(string field, string value, string? code) =>
        Checked.Codes<Choices>($$"""{"{{field}}":{{value}}}""").Should().Equal(code is null ? [] : [$"{field} {code}"]);

    [Fact]
    public void The_message_lists_the_choices() =>
        Checked.Errors<Choices>("""{"colour":"Green"}""").Should().ContainSingle().Which.Message.Should().Be("The value must be one of: Red, dark-blue.");

    internal enum Colour
    {
        Red,
        [JsonStringEnumMemberName("dark-blue")]
        DarkBlue,
    }

    internal enum Own
    {
        FirstOne,
    }

    [Flags]
    internal enum Rights
    {
        None = 0,
        Read = 1,
        Write = 2,
    }

    internal sealed class SnakeCase() : JsonStringEnumConverter<Own>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

    internal sealed record Choices(
        Colour Colour = Colour.Red, Colour? Maybe = null, [property: JsonConverter(typeof(SnakeCase))] Own Own = Own.FirstOne, Rights Rights = Rights.None,
        [AllowedValues("S", "M")] string? Size = "S", [AllowedValues(10, 20)] int Step = 10);
}
