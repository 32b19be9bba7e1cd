using System.ComponentModel.DataAnnotations;
using System.Globalization;
using AwesomeAssertions;

namespace WorkManager.Tests.OrderTypes.Validation;

public sealed class NumberSpecification
{
    [Theory]
    [InlineData("int", "\"5\"")]
    [InlineData("double", "\"5\"")]
    [InlineData("decimal", "\"5\"")]
    [InlineData("double", "\"NaN\"")]
    [InlineData("int", "1.5")]
    [InlineData("int", "1.0")]
    [InlineData("int", "1e2")]
    [InlineData("int", "true")]
    [InlineData("flag", "1")]
    [InlineData("flag", "\"true\"")]
    public void Only_a_value_of_the_right_JSON_type_is_accepted(string field, string value) =>
        Checked.Refused<Plain>($$"""{"{{field}}":{{value}}}""", $"{field} schema.type_mismatch");

    [Theory]
    [InlineData("byte", "0", "-1", "255", "256")]
    [InlineData("short", "-32768", "-32769", "32767", "32768")]
    [InlineData("int", "-2147483648", "-2147483649", "2147483647", "2147483648")]
    [InlineData("long", "-9223372036854775808", "-9223372036854775809", "9223372036854775807", "9223372036854775808")]
    [InlineData("unsigned", "0", "-1", "18446744073709551615", "18446744073709551616")]
    [InlineData(
        "decimal", "-79228162514264337593543950335", "-79228162514264337593543950336", "79228162514264337593543950335", "79228162514264337593543950336")]
    [InlineData("double", "-1e308", "-1e400", "1e308", "1e400")]
    [InlineData("single", "-1e38", "-1e40", "1e38", "1e40")]
    public void The_range_of_the_type_is_a_limit(string field, string least, string below, string most, string above)
    {
        Checked.Codes<Plain>($$"""{"{{field}}":{{least}}}""").Should().BeEmpty();
        Checked.Codes<Plain>($$"""{"{{field}}":{{most}}}""").Should().BeEmpty();
        Checked.Refused<Plain>($$"""{"{{field}}":{{below}}}""", $"{field} schema.minimum");
        Checked.Refused<Plain>($$"""{"{{field}}":{{above}}}""", $"{field} schema.maximum");
    }

    [Theory]
    [InlineData("int", "1", null)]
    [InlineData("int", "0", "schema.minimum")]
    [InlineData("int", "10", null)]
    [InlineData("int", "11", "schema.maximum")]
    [InlineData("int", "99999999999999999999999999999999999999999", "schema.maximum")]
    [InlineData("double", "0.5", null)]
    [InlineData("double", "0.4999", "schema.minimum")]
    [InlineData("double", "1.5", null)]
    [InlineData("double", "1.5001", "schema.maximum")]
    [InlineData("decimal", "0.1", null)]
    [InlineData("decimal", "0.0999999999999999999999999999", "schema.minimum")]
    [InlineData("decimal", "9.9", null)]
    [InlineData("decimal", "9.900000000000000000000000001", "schema.maximum")]
    [InlineData("open", "1.0001", null)]
    [InlineData("open", "1", "schema.minimum")]
    [InlineData("open", "1.9999", null)]
    [InlineData("open", "2", "schema.maximum")]
    [InlineData("twice", "3", null)]
    [InlineData("twice", "2", "schema.minimum")]
    [InlineData("twice", "5", "schema.maximum")]
    [InlineData("nullable", "null", null)]
    [InlineData("nullable", "3", "schema.maximum")]
    public void A_range_is_checked_at_and_beyond_the_limit(string field, string value, string? code) =>
        Checked.Codes<Ranges>($$"""{"{{field}}":{{value}}}""").Should().Equal(code is null ? [] : [$"{field} {code}"]);

    [Fact]
    public void A_hundred_thousand_digits_are_refused_like_any_other_number()
    {
        var digits = new string('9', 100_000);
        Checked.Refused<Plain>(
            $$"""{"long":{{digits}},"decimal":{{digits}},"double":{{digits}}}""", "long schema.maximum", "decimal schema.maximum", "double schema.maximum");
    }

    [Fact]
    public void Numbers_mean_the_same_in_every_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture =
                new CultureInfo("") { NumberFormat = new NumberFormatInfo { NumberDecimalSeparator = ",", NumberGroupSeparator = "." } };
            Checked.Errors<Ranges2>("""{"decimal":0.05}""").Should().ContainSingle().Which.Message.Should().Contain("0.1");
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    internal sealed record Plain(
        byte Byte = 0, short Short = 0, int Int = 0, long Long = 0, ulong Unsigned = 0, decimal Decimal = 0, double Double = 0, float Single = 0,
        bool Flag = false);

    internal sealed record Ranges(
        [Range(1, 10)] int Int = 1,
        [Range(0.5, 1.5)] double Double = 1,
        [Range(typeof(decimal), "0.1", "9.9")] decimal Decimal = 1,
        [Range(1, 2, MinimumIsExclusive = true, MaximumIsExclusive = true)] decimal Open = 1.5m,
        [Range(1, 2)] int? Nullable = null,
        [Range(2, 5, MinimumIsExclusive = true)][property: Range(2, 5, MaximumIsExclusive = true)] int Twice = 3);

    internal sealed record Ranges2([Range(typeof(decimal), "0.1", "9.9")] decimal Decimal);
}
