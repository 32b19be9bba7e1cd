using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using WorkManager.Changes;

namespace WorkManager.Tests.Previews;

/// <summary>What the JSON of a preview does with hidden characters and long texts, wherever they are.</summary>
public sealed class PreviewJsonTests
{
    public static TheoryData<int> HiddenCodes => HiddenCharactersTests.HiddenCodes;

    [Theory]
    [MemberData(nameof(HiddenCodes))]
    public void A_hidden_character_is_visible_and_named_wherever_it_is(int code)
    {
        var preview = Everywhere($"a{new Rune(code)}b");
        var (shown, name) = (string.Create(CultureInfo.InvariantCulture, $"a\\u{{{code:X4}}}b"), string.Create(CultureInfo.InvariantCulture, $"U+{code:X4}"));

        var json = JsonNode.Parse(preview.ToJson())!;

        var texts = ObjectsIn(json).SelectMany(TextsOf).Where(t => t.StartsWith('a') && t.EndsWith('b')).ToList();
        texts.Should().HaveCount(26).And.AllBe(shown);
        var marked = ObjectsIn(json).Where(o => TextsOf(o).Contains(shown) && !IsValue(o)).ToList();
        marked.Should().HaveCount(12).And.OnlyContain(o => CodesOf(o).SequenceEqual(new[] { name }));
        // The document itself names those of all its parts.
        ObjectsIn(json).Count(o => o.ContainsKey("hiddenCharacters")).Should().Be(12 + 1);
        CodesOf(json.AsObject()).Should().Equal(name);
        preview.HiddenCharacters.Should().Equal(name);
        preview.Changes[0].Values[0].HiddenCharacters.Should().Equal(name);
        preview.ToText().EnumerateRunes().Where(HiddenCharacters.IsHidden).Should().BeEmpty();
        preview.ToText().Should().Contain($"! hidden characters, shown by their codes: {name}\n");
    }

    [Theory]
    [InlineData("plain text, 1.5 €")]
    [InlineData("Grüße aus Łódź, \"quoted\"")]
    [InlineData("שלום عالم 你好 こんにちは 한국어")]
    [InlineData("e\u0301 and \U0001F600")]
    [InlineData("two\nlines\tand a tab")]
    [InlineData(@"C:\new\u{202E}")]
    public void What_can_be_read_is_told_as_it_is_and_has_no_mark(string text)
    {
        var preview = Everywhere($"a{text}b");

        var json = JsonNode.Parse(preview.ToJson())!;

        ObjectsIn(json).SelectMany(TextsOf).Where(t => t.StartsWith('a') && t.EndsWith('b')).Should().HaveCount(26).And.AllBe($"a{text}b");
        Assert.Same(json, Assert.Single(ObjectsIn(json), o => o.ContainsKey("hiddenCharacters")));
        json["hiddenCharacters"]!.AsArray().Should().BeEmpty();
        preview.HiddenCharacters.Should().BeEmpty();
        preview.ToText().Should().NotContain("hidden characters");
    }

    [Fact]
    public void What_only_looks_like_a_code_is_told_apart_from_one_beside_it()
    {
        var value = JsonNode.Parse(Of(Change("before: \u202E, U+2066: \u2066, again: \u202E", @"C:\u{202E}")).ToJson())!["changes"]![0]!["values"]![0]!;

        ((string?)value["before"], (string?)value["after"]).Should().Be((@"before: \u{202E}, U+2066: \u{2066}, again: \u{202E}", @"C:\\u{202E}"));
        CodesOf(value.AsObject()).Should().Equal("U+202E", "U+2066");
    }

    [Fact]
    public void Values_keep_their_types()
    {
        var told = JsonNode.Parse("""{"text":"1.0","number":1.50,"yes":true,"nothing":null,"list":[1,{"deep":["x"]}]}""")!;

        var values = JsonNode.Parse(Of(Change(told, 12345678901234567890m), Change(null, false)).ToJson(maxLength: 100))!["changes"]![0]!["values"]!;

        values[0]!["before"]!.ToJsonString().Should().Be(told.ToJsonString());
        values[0]!["after"]!.ToJsonString().Should().Be("12345678901234567890");
        (values[1]!["before"], values[1]!["after"]!.ToJsonString()).Should().Be((null, "false"));
    }

    [Theory]
    [InlineData(399, 400, null)]
    [InlineData(400, 400, null)]
    [InlineData(401, 400, 401)]
    [InlineData(5_000, 400, 5_000)]
    [InlineData(3, 2, 3)]
    [InlineData(2, 2, null)]
    [InlineData(2, 1, 2)]
    public void A_text_that_is_too_long_is_folded_with_its_length(int length, int most, int? told)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(n => (char)('a' + (n % 26))));

        var preview = Of(Change(text, 1));
        var value = JsonNode.Parse(most == 400 ? preview.ToJson() : preview.ToJson(most))!["changes"]![0]!["values"]![0]!;

        ((string?)value["before"]).Should().Be(text[..Math.Min(length, most)]);
        ((int?)value["beforeLength"], value["afterLength"]).Should().Be((told, null));
        var line = (most == 400 ? preview.ToText() : preview.ToText(most)).Split('\n').Single(l => l.StartsWith("- ", StringComparison.Ordinal));
        line.Should().Be(told is null ? $"- N: \"{text}\"" : string.Create(CultureInfo.InvariantCulture, $"- N: \"{text[..most]}\"… ({length:N0} characters)"));
    }

    [Fact]
    public void An_object_or_list_that_is_too_long_is_told_by_the_beginning_of_its_JSON()
    {
        var list = new JsonArray([.. Enumerable.Range(0, 200).Select(n => (JsonNode?)$"é{n}")]);

        var value = JsonNode.Parse(Of(Change(new JsonArray("é"), list)).ToJson(maxLength: 10))!["changes"]![0]!["values"]![0]!;

        (value["before"]!.ToJsonString(), (string?)value["after"], (int?)value["afterLength"]).Should().Be(("[\"\\u00E9\"]", "[\"é0\",\"é1\"", 1_291));
    }

    [Fact]
    public void A_character_of_two_halves_is_not_cut_and_what_is_folded_away_is_marked_all_the_same()
    {
        var value = JsonNode.Parse(Of(Change("ab\U0001F600c\u202E", "abc")).ToJson(maxLength: 3))!["changes"]![0]!["values"]![0]!;

        ((string?)value["before"], (int?)value["beforeLength"], (string?)value["after"]).Should().Be(("ab", 6, "abc"));
        CodesOf(value.AsObject()).Should().Equal("U+202E");
    }

    [Fact]
    public void Numbers_and_names_are_never_folded()
    {
        var json = JsonNode.Parse(Of(Change(123456, null)).ToJson(maxLength: 1))!;

        var value = json["changes"]![0]!["values"]![0]!;
        (value["before"]!.ToJsonString(), value["after"], value["beforeLength"]).Should().Be(("123456", null, null));
        ((string?)json["changes"]![0]!["row"], (string?)json["orderType"]).Should().Be(("rows:1", "test.type"));
    }

    [Fact]
    public void A_limit_is_at_least_one()
    {
        var preview = Of();

        preview.Invoking(p => p.ToJson(maxLength: 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("maxLength");
        preview.Invoking(p => p.ToText(maxLength: 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("maxLength");
    }

    [Fact]
    public void No_text_begins_a_line_of_the_console()
    {
        var text = Everywhere("a\ncontent 0000\n\tb").ToText();

        text.Split('\n').Should().ContainSingle(line => line.StartsWith("content", StringComparison.Ordinal));
        text.Should().Contain(@"a\ncontent 0000\n\tb").And.NotContain("\t");
    }

    private static ValueChange Change(JsonNode? before, JsonNode? after) => new("N", before, after, true, false);

    private static OrderPreview Of(params ValueChange[] values) => Of([new("rows", "rows:1", RowChangeKind.Modified, values)], [], null, [], [], [], []);

    /// <summary>A preview with one text in every place where there may be one of the host's or of an agent.</summary>
    private static OrderPreview Everywhere(string text)
    {
        var deep = new JsonObject { [text] = new JsonArray(text, 1) };
        return Of(
            [new(text, text, RowChangeKind.Modified, [new(text, text, deep, true, false)])],
            [new("sql", text, 1)],
            WorkDiff.Between(new() { [text] = text }, new() { [text] = deep.DeepClone() }, text),
            [text],
            [new(text, text, new JsonObject { ["before"] = text, ["after"] = null }, null), new(null, text, text, deep.DeepClone())],
            [new(text, null, deep.DeepClone(), text)],
            [new(Guid.Empty, "test.type", OrderState.Submitted, [text], 1)]);
    }

    private static OrderPreview Of(
        RowChange[] rows, UnseenCommand[] unseen, WorkDiff? description, string[] obstacles, ReviewDifference[] since, ReviewDifference[] notRepeatable,
        OverlappingOrder[] overlapping)
    {
        var order = new WorkOrder { Id = Guid.Empty, Type = "test.type" };
        var tables = rows.Select(r => new TableSummary(r.Table, 0, 1, 0)).ToList();
        var content = new ReviewedContent(order, [], rows, tables, new JsonObject(), description, unseen, IsCutOff: false);
        return new OrderPreview(order, null, content, obstacles, since, notRepeatable, overlapping, 1, DateTimeOffset.UnixEpoch, TimeSpan.Zero);
    }

    private static IEnumerable<JsonObject> ObjectsIn(JsonNode? node) => node switch
    {
        JsonObject found => [found, .. found.SelectMany(member => ObjectsIn(member.Value))],
        JsonArray list => list.SelectMany(ObjectsIn),
        _ => [],
    };

    /// <summary>The names and texts of an object, without those of the objects in it.</summary>
    private static IEnumerable<string> TextsOf(JsonObject found) => found.SelectMany(member => TextsOf(member.Value).Append(member.Key));

    private static IEnumerable<string> TextsOf(JsonNode? value) => value switch
    {
        JsonValue text when text.TryGetValue<string>(out var content) => [content],
        JsonArray list => list.SelectMany(TextsOf),
        _ => [],
    };

    /// <summary>Whether an object is a value that is told, and has no marks of its own.</summary>
    private static bool IsValue(JsonObject found) =>
        found.Parent is JsonObject && found.GetPropertyName() is "before" or "after" or "reviewed" or "now" && !found.ContainsKey("before");

    private static IEnumerable<string> CodesOf(JsonObject found) => found["hiddenCharacters"]!.AsArray().Select(code => (string)code!);
}
