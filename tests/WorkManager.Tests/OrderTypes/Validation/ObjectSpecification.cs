using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AwesomeAssertions;
using WorkManager.OrderTypes.Json;
using WorkManager.OrderTypes.Validation;

namespace WorkManager.Tests.OrderTypes.Validation;

public sealed class ObjectSpecification
{
    [Fact]
    public void Wire_names_are_those_of_the_policy_or_of_the_attribute_and_no_other_case() =>
        Checked.Refused<Names>(
            """{"FirstName":"a","firstName":"b","zip":"c","zipCode":"d"}""", "FirstName schema.unknown_property", "zipCode schema.unknown_property");

    [Fact]
    public void An_ignored_property_is_unknown() => Checked.Refused<Names>("""{"firstName":"b","zip":"c","hidden":1}""", "hidden schema.unknown_property");

    [Fact]
    public void A_computed_property_may_come_back() => Checked.Accepted<Names>("""{"firstName":"b","zip":"c","display":5}""").Display.Should().Be("b c");

    [Fact]
    public void What_the_serializer_writes_is_accepted()
    {
        var written = JsonSerializer.Serialize(new Names("a", "b"), Checked.Strict);
        Checked.Accepted<Names>(written).Should().Be(new Names("a", "b"));
    }

    [Fact]
    public void A_type_that_keeps_unknown_members_accepts_them() => Checked.Accepted<Extensible>("""{"other":1}""").More.Should().ContainKey("other");

    [Theory]
    [InlineData("""{"firstName":"a","firstName":"b","zip":"c"}""", "firstName schema.duplicate_property")]
    public void A_duplicate_name_is_refused(string json, string error) => Checked.Refused<Names>(json, error);

    [Theory]
    [InlineData("""{"map":{"a":1,"a":2}}""", "map.a schema.duplicate_property")]
    [InlineData("""{"any":[{"a":1,"a":2}]}""", "any.0.a schema.duplicate_property")]
    public void A_duplicate_name_is_refused_where_names_are_data(string json, string error) => Checked.Refused<Maps>(json, error);

    [Theory]
    [InlineData("""{"items":[1,2]}""", null)]
    [InlineData("""{"items":[1]}""", "items schema.min_items")]
    [InlineData("""{"items":[1,2,3]}""", null)]
    [InlineData("""{"items":[1,2,3,4]}""", "items schema.max_items")]
    [InlineData("""{"map":{"a":1}}""", null)]
    [InlineData("""{"map":{"a":1,"b":2}}""", "map schema.max_items")]
    public void Counts_are_checked_at_and_beyond_the_limit(string json, string? error) =>
        Checked.Codes<Maps>(json).Should().Equal(error is null ? [] : [error]);

    [Fact]
    public void Values_of_a_dictionary_are_checked() => Checked.Refused<Dictionary<string, Names>>(
        """{"one":{"firstName":1,"zip":"c"}}""", "one.firstName schema.type_mismatch");

    [Fact]
    public void JSON_itself_is_accepted_as_it_is() =>
        Checked.Accepted<Raw>("""{"element":{"a":[1,"x"]},"node":[null],"object":{"b":1},"array":[1]}""").Array.Should().HaveCount(1);

    [Fact]
    public void JSON_objects_and_arrays_are_told_apart() => Checked.Refused<Raw>(
        """{"element":1,"node":1,"object":[],"array":{}}""", "object schema.type_mismatch", "array schema.type_mismatch");

    [Fact]
    public void A_type_may_contain_itself() => Checked.Refused<Node>(
        """{"name":"a","children":[{"name":"b","children":[{"name":1}]}],"parent":{}}""",
        "children.0.children.0.name schema.type_mismatch", "parent.name schema.required");

    [Fact]
    public void A_collection_may_contain_itself() => Checked.Accepted<Tree>("[[],[[]]]").Should().HaveCount(2);

    [Fact]
    public void A_derived_type_is_checked_as_what_it_says_it_is()
    {
        Checked.Accepted<Shape>("""{"$type":"circle","radius":1}""").Should().Be(new Circle(1));
        Checked.Refused<Shape>("""{"$type":"circle","radius":0,"side":1}""", "radius schema.minimum", "side schema.unknown_property");
        Checked.Refused<Shape>("""{"$type":"star"}""", "$type schema.enum_invalid");
        Checked.Refused<Shape>("""{"radius":1}""", "$type schema.required");
        Checked.Refused<Shape>("""{"$type":1}""", "$type schema.enum_invalid");
        Checked.Refused<Shape>("""{"$type":"\ud800"}""", "$type schema.enum_invalid");
        Checked.Refused<Shape>("""{"\ud800":1}""", "$type schema.required");
        Checked.Refused<Shape>("""{"$type":"circle","\ud800":1,"radius":1}""", "schema.invalid_character");
        Checked.Refused<Shape[]>("""[{"$type":"square"},null]""", "0.side schema.required");
    }

    [Fact]
    public void What_only_a_converter_knows_is_left_to_it()
    {
        Checked.Accepted<Converted>("""{"even":{"value":4}}""").Even.Value.Should().Be(4);
        Checked.Errors<Converted>("""{"even":{"value":5}}""")
            .Should().Equal(new ValidationError("even", "schema.invalid", "The value does not fit the type of the field."));
    }

    [Fact]
    public void What_a_constructor_refuses_is_an_error_without_its_message() =>
        Checked.Errors<Picky>("""{"name":"secret"}""")
            .Should().ContainSingle().Which.Should().Match<ValidationError>(e => e.Code == "schema.invalid" && !e.Message.Contains("secret"));

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(50_000, false)]
    public void Depth_is_limited(int depth, bool fits)
    {
        var json = new StringBuilder().Append('[', depth).Append(']', depth).ToString();
        Checked.Errors<object>(json).Select(e => e.Code).Should().Equal(fits ? [] : ["schema.max_depth"]);
    }

    [Fact]
    public void The_depth_of_the_options_counts()
    {
        var options = new JsonSerializerOptions(Checked.Strict) { MaxDepth = 3 };
        Checked.Codes<object>("[[[]]]", options).Should().BeEmpty();
        Checked.Codes<object>("[[[[]]]]", options).Should().Equal("0.0.0 schema.max_depth");
    }

    [Theory]
    [InlineData(1_000, 1_000)]
    [InlineData(1_001, 1_001)]
    [InlineData(200_000, 1_001)]
    public void A_list_of_errors_that_was_cut_says_so(int wrong, int listed)
    {
        var codes = Checked.Codes<int[]>($"[{string.Join(',', Enumerable.Repeat("true", wrong))}]");
        codes.Should().HaveCount(listed);
        (codes[^1] == "schema.too_many_errors").Should().Be(wrong > 1_000);
    }

    [Fact]
    public void An_annotation_that_cannot_be_checked_is_refused_when_the_contract_is_built()
    {
        var build = () => JsonContractBuilder.For(Checked.Strict).Build(typeof(Misplaced));
        build.Should().Throw<InvalidOperationException>().WithMessage("*Range] on Misplaced.Day (DateOnly)*");
        build.Should().Throw<InvalidOperationException>("a failed build leaves nothing behind");
    }

    [Fact]
    public void A_contract_is_built_once_for_each_options()
    {
        var builder = JsonContractBuilder.For(Checked.Strict);
        builder.Build(typeof(Node)).Should().BeSameAs(JsonContractBuilder.For(Checked.Strict).Build(typeof(Node)));
        builder.Should().NotBeSameAs(JsonContractBuilder.For(WorkManagerJson.CreateStrict()));
    }

    internal sealed record Names(string FirstName, [property: JsonPropertyName("zip")] string ZipCode)
    {
        [JsonIgnore]
        public int Hidden { get; set; }

        public string Display => $"{FirstName} {ZipCode}";
    }

    internal sealed class Extensible
    {
        [JsonExtensionData]
        public Dictionary<string, JsonElement>? More { get; set; }
    }

    internal sealed record Maps([Length(2, 3)] ImmutableArray<int>? Items = null, [MaxLength(1)] Dictionary<string, int>? Map = null, object? Any = null);

    internal sealed record Raw(JsonElement Element, JsonNode Node, JsonObject Object, JsonArray Array);

    internal sealed record Node(string Name, Node[]? Children = null, Node? Parent = null);

    internal sealed class Tree : List<Tree>;

    [JsonDerivedType(typeof(Circle), "circle")]
    [JsonDerivedType(typeof(Square), "square")]
    internal abstract record Shape;

    internal sealed record Circle([Range(1, 9)] int Radius) : Shape;

    internal sealed record Square(int Side) : Shape;

    [JsonConverter(typeof(EvenConverter))]
    internal readonly record struct Even(int Value);

    internal sealed class EvenConverter : JsonConverter<Even>
    {
        public override Even Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var value = JsonElement.ParseValue(ref reader).GetProperty("value").GetInt32();
            return value % 2 is 0 ? new Even(value) : throw new JsonException($"{value} is odd");
        }

        public override void Write(Utf8JsonWriter writer, Even value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }

    internal sealed record Converted(Even Even);

    internal sealed class Picky
    {
        public Picky(string name) => throw new ArgumentException($"'{name}' is not good enough", nameof(name));

        public string Name => "";
    }

    internal sealed record Misplaced([Range(typeof(DateOnly), "2020-01-01", "2030-01-01")] DateOnly Day);
}
