using System.Text.Json;
using System.Text.Json.Serialization;
using AwesomeAssertions;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Tests.OrderTypes.Json;

public sealed class WorkManagerJsonSpecification
{
    private static readonly JsonSerializerOptions Strict = WorkManagerJson.CreateStrict();
    private static readonly JsonSerializerOptions Lenient = WorkManagerJson.ToLenient(Strict);

    [Theory]
    [InlineData("""{"name":"a"}""")]
    [InlineData("""{"name":"a","day":"Monday","extra":1}""")]
    [InlineData("""{"name":"a","name":"b","day":"Monday"}""")]
    [InlineData("""{"name":null,"day":"Monday"}""")]
    [InlineData("""{"Name":"a","day":"Monday"}""")]
    [InlineData("""{"name":"a","day":1}""")]
    public void Strict_options_refuse_what_does_not_fit(string json) =>
        ((Action)(() => JsonSerializer.Deserialize<Entry>(json, Strict))).Should().Throw<JsonException>();

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":"a","day":"Monday","extra":1}""")]
    [InlineData("""{"name":"a","name":"b","day":"Monday"}""")]
    [InlineData("""{"name":null,"day":"Monday"}""")]
    public void Lenient_options_read_what_another_version_wrote(string json)
    {
        JsonSerializer.Deserialize<Entry>(json, Lenient).Should().NotBeNull();
        JsonSerializer.Deserialize<StrictByItself>(json, Lenient).Should().NotBeNull();
    }

    [Fact]
    public void Both_write_the_same_text()
    {
        const string text = """{"name":"a","day":"Monday"}""";
        JsonSerializer.Serialize(new Entry("a", DayOfWeek.Monday), Strict).Should().Be(text);
        JsonSerializer.Serialize(new Entry("a", DayOfWeek.Monday), Lenient).Should().Be(text);
    }

    [Fact]
    public void Strict_options_may_be_changed_until_they_are_used() => WorkManagerJson.CreateStrict().IsReadOnly.Should().BeFalse();

    internal sealed record Entry(string Name, DayOfWeek Day);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed class StrictByItself
    {
        public required string Name { get; init; }

        [JsonRequired]
        public DayOfWeek Day { get; init; }
    }
}
