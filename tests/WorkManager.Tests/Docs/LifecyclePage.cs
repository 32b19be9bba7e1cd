using System.Text.RegularExpressions;
using WorkManager.Orders;

namespace WorkManager.Tests.Docs;

/// <summary><c>docs/concepts/lifecycle.md</c> shows the state machines that the code goes by.</summary>
public sealed partial class LifecyclePage
{
    private static readonly MarkdownPage Page = MarkdownPage.Read("docs/concepts/lifecycle.md");

    [Fact]
    public void The_diagram_of_an_order_is_its_transition_table() => Compare("states: order", Transitions.OfOrders);

    [Fact]
    public void The_diagram_of_an_item_is_its_transition_table() => Compare("states: item", Transitions.OfItems);

    [Fact]
    public void Who_triggers_a_transition_is_said_for_each_of_an_order() => CompareTriggers("Order", Transitions.OfOrders);

    [Fact]
    public void Who_triggers_a_transition_is_said_for_each_of_an_item() => CompareTriggers("Item", Transitions.OfItems);

    [Fact]
    public void Every_event_is_listed() => Assert.Equal(
        typeof(WorkEventNames).GetFields().Select(f => (string)f.GetRawConstantValue()!).Order(StringComparer.Ordinal),
        Page.Table("Event").SelectMany(row => MarkdownPage.CodeIn(row[0])).Order(StringComparer.Ordinal));

    private static void Compare<TState>(string mark, IReadOnlyDictionary<TState, TState[]> table)
        where TState : struct, Enum
    {
        var ends = table.Where(t => t.Value.Length == 0).Select(t => $"{StateNames.ToName(t.Key)} --> [*]");

        var drawn = Edge().Matches(Page.BlockMarked(mark)).Select(m => $"{m.Groups[1].Value} --> {m.Groups[2].Value}").ToList();

        Assert.Equal(drawn.Distinct(), drawn);
        Assert.Equal([.. Edges(table).Concat(ends).Append("[*] --> queued").Order(StringComparer.Ordinal)], drawn.Order(StringComparer.Ordinal));
    }

    private static void CompareTriggers<TState>(string header, IReadOnlyDictionary<TState, TState[]> table)
        where TState : struct, Enum
    {
        var said = Page.Table(header).Select(row => MarkdownPage.CodeIn(row[0])).Select(states => $"{states[0]} --> {states[1]}");

        Assert.Equal(Edges(table).Order(StringComparer.Ordinal), said.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Edges<TState>(IReadOnlyDictionary<TState, TState[]> table)
        where TState : struct, Enum =>
        table.SelectMany(t => t.Value.Select(to => $"{StateNames.ToName(t.Key)} --> {StateNames.ToName(to)}"));

    [GeneratedRegex(@"(\w+|\[\*\]) --> (\w+|\[\*\])")]
    private static partial Regex Edge();
}
