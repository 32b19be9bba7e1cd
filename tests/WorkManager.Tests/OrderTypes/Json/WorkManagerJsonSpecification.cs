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

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":null,"day":"Monday"}""")]
    public void Options_for_rows_of_a_known_version_refuse_what_would_be_read_as_zero_or_null(string json)
    {
        var stored = WorkManagerJson.ToStored(Strict);

        ((Action)(() => JsonSerializer.Deserialize<Entry>(json, stored))).Should().Throw<JsonException>();
        ((Action)(() => JsonSerializer.Deserialize<StrictByItself>(json, stored))).Should().Throw<JsonException>();
        JsonSerializer.Deserialize<Entry>("""{"name":"a","day":"Monday","extra":1,"day":"Friday"}""", stored).Should().Be(new Entry("a", DayOfWeek.Friday));
        JsonSerializer.Deserialize<StrictByItself>("""{"name":"a","day":"Monday","extra":1}""", stored)!.Name.Should().Be("a");
        JsonSerializer.Deserialize<WithRemark>("""{"name":"a"}""", stored).Should().Be(new WithRemark("a", null, null, 3));
    }

    [Fact]
    public void What_a_host_sets_changes_or_drops_no_value()
    {
        var host = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DictionaryKeyPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        };

        var strict = WorkManagerJson.ToStrict(host);

        JsonSerializer.Serialize(new Wallet("me", new() { ["EUR"] = 0 }), strict).Should().Be("""{"owner":"me","sums":{"EUR":0},"note":null,"rank":0}""");
        JsonSerializer.Deserialize<Figure>("""{"side":2,"$type":"square"}""", strict).Should().Be(new Square(2));
        WorkManagerJson.ToStrict(strict).Should().BeSameAs(strict);
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

    /// <summary>What may be null or has a default may have come later than the row.</summary>
    internal sealed record WithRemark(string Name, string? Remark, int? Rank, int Size = 3);

    internal sealed class Wallet(string owner, Dictionary<string, int> sums)
    {
        public string Owner { get; } = owner;

        public Dictionary<string, int> Sums { get; } = sums;

        public string? Note { get; set; }

        public int Rank { get; set; }
    }

    [JsonDerivedType(typeof(Square), "square")]
    internal abstract record Figure;

    internal sealed record Square(int Side) : Figure;

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed class StrictByItself
    {
        public required string Name { get; init; }

        [JsonRequired]
        public DayOfWeek Day { get; init; }
    }
}
