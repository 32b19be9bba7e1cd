using System.Text.Json.Nodes;
using AwesomeAssertions;

namespace WorkManager.Tests.Orders;

/// <summary>What a diff says of two states. It touches no database.</summary>
public sealed class WorkDiffSpecification
{
    [Fact, Trait("Scenario", "S70")]
    public void Added_modified_and_removed_keys_are_told_and_equal_ones_are_not()
    {
        var before = new JsonObject { ["same"] = 1, ["gone"] = "a", ["new_value"] = 1 };
        var after = new JsonObject { ["same"] = 1, ["new_value"] = 2, ["added"] = true };

        var diff = WorkDiff.Between(before, after, "three changes");

        Json(diff.Changes).Should().Be(
            """{"new_value":{"type":"modified","from":1,"to":2},"added":{"type":"added","value":true},"gone":{"type":"removed","value":"a"}}""");
        Json(diff.Before).Should().Be(Json(before));
        Json(diff.After).Should().Be(Json(after));
        diff.Summary.Should().Be("three changes");
        (diff.HasChanges, diff.IsEmpty).Should().Be((true, false));
    }

    [Fact, Trait("Scenario", "S70")]
    public void Values_are_compared_by_structure_and_only_top_level_keys_are_told()
    {
        var before =
            new JsonObject { ["equal"] = new JsonObject { ["a"] = 1, ["b"] = new JsonArray(1, 2) }, ["deep"] = new JsonObject { ["x"] = 1, ["y"] = 1 } };
        var after =
            new JsonObject { ["equal"] = new JsonObject { ["b"] = new JsonArray(1, 2), ["a"] = 1 }, ["deep"] = new JsonObject { ["x"] = 1, ["y"] = 2 } };

        Json(WorkDiff.Between(before, after).Changes).Should().Be("""{"deep":{"type":"modified","from":{"x":1,"y":1},"to":{"x":1,"y":2}}}""");
    }

    [Theory, Trait("Scenario", "S70")]
    [InlineData("""{"a":null}""", "{}", """{"a":{"type":"removed","value":null}}""")]
    [InlineData("{}", """{"a":null}""", """{"a":{"type":"added","value":null}}""")]
    [InlineData("""{"a":null}""", """{"a":0}""", """{"a":{"type":"modified","from":null,"to":0}}""")]
    [InlineData("""{"a":"1"}""", """{"a":1}""", """{"a":{"type":"modified","from":"1","to":1}}""")]
    [InlineData("""{"a":false}""", """{"a":false}""", "{}")]
    public void Null_and_the_kind_of_a_value_count(string before, string after, string changes) =>
        Json(WorkDiff.Between(JsonNode.Parse(before)!.AsObject(), JsonNode.Parse(after)!.AsObject()).Changes).Should().Be(changes);

    [Fact, Trait("Scenario", "S70")]
    public void An_empty_diff_has_no_changes_and_perhaps_a_summary()
    {
        (WorkDiff.Empty().IsEmpty, WorkDiff.Empty().HasChanges, WorkDiff.Empty().Summary).Should().Be((true, false, null));
        WorkDiff.Empty("nothing to do").Summary.Should().Be("nothing to do");
        WorkDiff.Between([], []).IsEmpty.Should().BeTrue();
    }

    [Fact, Trait("Scenario", "S70")]
    public void It_is_written_as_before_after_changes_and_summary() =>
        WorkDiff.Between(new JsonObject { ["a"] = 1 }, new JsonObject { ["a"] = 2 }).ToJson().Should().Be(
            """{"before":{"a":1},"after":{"a":2},"changes":{"a":{"type":"modified","from":1,"to":2}},"summary":null}""");

    [Fact, Trait("Scenario", "S70")]
    public void It_stays_as_it_is_when_its_sources_change()
    {
        var before = new JsonObject { ["a"] = new JsonArray(1) };
        var diff = WorkDiff.Between(before, []);

        before["a"]!.AsArray().Add(2);
        before["b"] = 1;

        Json(diff.Before).Should().Be("""{"a":[1]}""");
        Json(diff.Changes).Should().Be("""{"a":{"type":"removed","value":[1]}}""");
    }

    private static string Json(JsonObject value) => value.ToJsonString();
}
