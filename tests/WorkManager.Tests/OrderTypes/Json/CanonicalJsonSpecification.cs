using System.Text.Json;
using AwesomeAssertions;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Tests.OrderTypes.Json;

public sealed class CanonicalJsonSpecification
{
    [Theory]
    [InlineData("""{ "b" : 1, "a" : [ 2, { "d": null, "c": true } ] }""", """{"a":[2,{"c":true,"d":null}],"b":1}""")]
    [InlineData("""{"é":1,"z":2,"Z":3,"aa":4,"a":5}""", """{"Z":3,"a":5,"aa":4,"z":2,"é":1}""")]
    [InlineData("[1.0,1,1e2,-0,0.10,12345678901234567890123]", "[1.0,1,1e2,-0,0.10,12345678901234567890123]")]
    [InlineData("""["\u0041\/\u00e9\ud83d\ude00<>&'+"]""", """["A/é😀<>&'+"]""")]
    [InlineData("""["\"\\\b\f\n\r\t\u001F\u0000"]""", """["\"\\\b\f\n\r\t\u001f\u0000"]""")]
    [InlineData("""{"\u0061":{"\"":1}}""", """{"a":{"\"":1}}""")]
    [InlineData("{}", "{}")]
    [InlineData("[]", "[]")]
    [InlineData("""{"a":1,"a":2}""", """{"a":1,"a":2}""")]
    [InlineData("""{"\ud800":"\udc00"}""", """{"\ud800":"\udc00"}""")]
    public void There_is_one_text_for_one_value(string json, string canonical) => CanonicalJson.Write(Parse(json)).Should().Be(canonical);

    [Fact]
    public void The_order_of_members_does_not_change_the_hash() =>
        CanonicalJson.Hash(Parse("""{"a":1,"b":{"c":2,"d":3}}""")).Should().Be(CanonicalJson.Hash(Parse("""{ "b": {"d":3, "c":2}, "a":1 }""")));

    [Theory]
    [InlineData("{}", "[]")]
    [InlineData("1", "1.0")]
    [InlineData("1", "\"1\"")]
    [InlineData("[1,2]", "[2,1]")]
    [InlineData("null", "{}")]
    public void Different_values_have_different_hashes(string one, string other) =>
        CanonicalJson.Hash(Parse(one)).Should().NotBe(CanonicalJson.Hash(Parse(other)));

    [Fact]
    public void The_hash_is_SHA_256_in_lower_case() =>
        CanonicalJson.Hash(Parse("{ }")).Should().Be("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");

    [Fact]
    public void An_element_without_a_value_is_refused() => ((Action)(() => CanonicalJson.Write(default))).Should().Throw<ArgumentException>();

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
