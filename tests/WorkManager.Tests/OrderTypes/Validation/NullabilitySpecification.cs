using System.Collections.Immutable;
using System.Text.Json;
using AwesomeAssertions;
using WorkManager.OrderTypes.Json;
using WorkManager.OrderTypes.Validation;

namespace WorkManager.Tests.OrderTypes.Validation;

public sealed class NullabilitySpecification
{
    [Fact]
    public void Null_is_refused_wherever_the_type_does_not_allow_it() => Checked.Refused<Closed>(
        """{"text":null,"number":null,"array":[null],"list":[null],"immutable":[null],"set":[null],"map":{"a":null},"nested":[["a",null]],"any":null}""",
        "text schema.type_mismatch",
        "number schema.type_mismatch",
        "array.0 schema.type_mismatch",
        "list.0 schema.type_mismatch",
        "immutable.0 schema.type_mismatch",
        "set.0 schema.type_mismatch",
        "map.a schema.type_mismatch",
        "nested.0.1 schema.type_mismatch",
        "any schema.type_mismatch");

    [Fact]
    public void Null_is_accepted_wherever_the_type_allows_it() => Checked.Accepted<Open>(
        """
        {"text":null,"number":null,"array":[null],"list":[null],"immutable":null,"set":[null],"map":{"a":null},
         "nested":[null,[null]],"any":null,"element":null}
        """)
        .Array.Should().Equal([null]);

    [Fact]
    public void Properties_are_read_like_parameters() =>
        Checked.Refused<Properties>("""{"closed":[null],"open":[null],"text":null}""", "closed.0 schema.type_mismatch", "text schema.type_mismatch");

    [Fact]
    public void The_elements_of_a_nullable_structure_are_checked() =>
        Checked.Refused<Structure>("""{"names":["a",null]}""", "names.1 schema.type_mismatch");

    [Fact]
    public void A_document_must_not_be_null() => Checked.Refused<Closed>("null", "schema.type_mismatch");

    [Fact]
    public void A_document_that_is_missing_is_refused()
    {
        new StrictJsonReader(Checked.Strict).Read(default, typeof(Open), out var errors);
        errors.Should().ContainSingle().Which.Code.Should().Be("schema.type_mismatch");
    }

    [Fact]
    public void Lenient_options_ask_for_no_nullability() =>
        Checked.Codes<Structure>("""{"names":["a",null]}""", WorkManagerJson.ToLenient(Checked.Strict)).Should().BeEmpty();

    internal sealed record Closed(
        string Text, int Number, string[] Array, List<string> List, ImmutableArray<string> Immutable, HashSet<string> Set,
        Dictionary<string, string> Map, IReadOnlyList<IReadOnlyList<string>> Nested, object Any);

    internal sealed record Open(
        string? Text, int? Number, string?[] Array, List<string?> List, ImmutableArray<string>? Immutable, HashSet<string?> Set,
        IReadOnlyDictionary<string, string?> Map, IReadOnlyList<IReadOnlyList<string?>?> Nested, object? Any, JsonElement Element);

    internal sealed class Properties
    {
        public string[] Closed { get; set; } = [];

        public string?[] Open { get; set; } = [];

        public string Text { get; set; } = "";
    }

    internal sealed record Structure(ImmutableArray<string>? Names);
}
