using AwesomeAssertions;

namespace WorkManager.Tests.Orders;

/// <summary>What orders and items say of themselves. It touches no database.</summary>
public sealed class ModelHelpersSpecification
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(OrderState.Completed, true)]
    [InlineData(OrderState.DeadLettered, true)]
    [InlineData(OrderState.Rejected, false)]
    [InlineData(OrderState.Failed, false)]
    [InlineData(OrderState.Queued, false)]
    [InlineData(OrderState.Applied, false)]
    public void An_order_is_terminal_when_nothing_leads_out(OrderState state, bool terminal) =>
        new WorkOrder { State = state }.IsTerminal.Should().Be(terminal);

    [Theory]
    [InlineData(ItemState.Queued, false, false)]
    [InlineData(ItemState.Leased, false, true)]
    [InlineData(ItemState.InProgress, false, true)]
    [InlineData(ItemState.Submitted, false, false)]
    [InlineData(ItemState.Accepted, false, false)]
    [InlineData(ItemState.Rejected, true, false)]
    [InlineData(ItemState.Completed, true, false)]
    [InlineData(ItemState.Failed, false, false)]
    [InlineData(ItemState.DeadLettered, true, false)]
    public void An_item_tells_whether_it_is_terminal_or_leased(ItemState state, bool terminal, bool leased)
    {
        var item = new WorkItem { State = state, LeaseExpiresAt = Now };

        (item.IsTerminal, item.IsLeased).Should().Be((terminal, leased));
        item.IsLeaseExpired(Now).Should().Be(leased);
        item.IsLeaseExpired(Now.AddTicks(-1)).Should().BeFalse();
    }

    [Theory]
    [InlineData(1, 2, false)]
    [InlineData(2, 2, true)]
    [InlineData(3, 2, true)]
    public void Attempts_are_exhausted_at_the_maximum(short attempts, short max, bool exhausted) =>
        new WorkItem { Attempts = attempts, MaxAttempts = max }.HasExhaustedAttempts.Should().Be(exhausted);

    [Fact]
    public void All_items_are_complete_when_none_is_outside_completed_rejected_and_dead_lettered()
    {
        var order = new WorkOrder();
        order.AllItemsComplete.Should().BeTrue("there is none");
        order.ItemsTotal = 2;
        order.AllItemsComplete.Should().BeFalse("they were not loaded");
        foreach (var state in Enum.GetValues<ItemState>())
        {
            order.ItemList.Clear();
            order.ItemList.AddRange([new WorkItem { State = ItemState.Completed }, new WorkItem { State = state }]);
            order.AllItemsComplete.Should().Be(state is ItemState.Completed or ItemState.Rejected or ItemState.DeadLettered, state.ToString());
        }
    }

    [Fact]
    public void Documents_are_read_as_the_default_options_write_them()
    {
        var item = new WorkItem { Input = """{"state":"CheckedOut"}""", Result = """{"state":"Queued"}""" };

        item.ReadInput<Answer>().State.Should().Be(OrderState.CheckedOut);
        item.ReadResult<Answer>()!.State.Should().Be(OrderState.Queued);
    }

    private sealed record Answer(OrderState State);

    [Fact]
    public void The_latest_part_of_a_key_has_the_highest_number_and_no_number_is_lowest()
    {
        var item = new WorkItem();
        item.PartList.AddRange([Part("a", null), Part("a", 2), Part("a", 1), Part("b", null)]);

        item.GetLatestPart("a")!.Seq.Should().Be(2);
        item.GetLatestPart("b")!.Seq.Should().BeNull();
        item.GetLatestPart("c").Should().BeNull();
        item.GetLatestParts().Should().HaveCount(2);
        item.GetLatestParts()["a"].Seq.Should().Be(2);
    }

    [Fact]
    public void All_required_parts_are_there_when_each_key_has_a_validated_one()
    {
        var item = new WorkItem { PartsRequired = """["a","b"]""" };
        item.SupportsPartialSubmissions.Should().BeTrue();
        item.PartList.AddRange([Part("a", 1), Part("b", 1, PartStatus.Rejected)]);
        item.HasAllRequiredParts().Should().BeFalse();
        item.PartList.Add(Part("b", 2));
        item.HasAllRequiredParts().Should().BeTrue();

        new WorkItem().HasAllRequiredParts().Should().BeTrue("nothing is required");
        new WorkItem().SupportsPartialSubmissions.Should().BeFalse();
    }

    private static WorkItemPart Part(string key, int? seq, PartStatus status = PartStatus.Validated) =>
        new() { Id = Guid.NewGuid(), PartKey = key, Seq = seq, Status = status };
}
