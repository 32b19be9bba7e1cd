using AwesomeAssertions;
using WorkManager.Auditing;
using Mover = WorkManager.Auditing.Lifecycle;

namespace WorkManager.Tests.Auditing;

/// <summary>The transition tables, each entry and each non-entry: what the library does, and nothing else (ADR 0014). They touch no database.</summary>
public sealed class LifecycleSpecification
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Guid Operation = new("019ce0a0-0000-7000-8000-000000000001");

    private static readonly Dictionary<OrderState, OrderState[]> OfOrders = new()
    {
        [OrderState.Queued] = [OrderState.CheckedOut, OrderState.Rejected, OrderState.Failed],
        [OrderState.CheckedOut] = [OrderState.InProgress, OrderState.Queued, OrderState.Failed],
        [OrderState.InProgress] = [OrderState.Submitted, OrderState.Failed, OrderState.Queued],
        [OrderState.Submitted] = [OrderState.Approved, OrderState.Rejected],
        [OrderState.Approved] = [OrderState.Applied, OrderState.Submitted, OrderState.Rejected],
        [OrderState.Applied] = [OrderState.Completed],
        [OrderState.Rejected] = [OrderState.Queued, OrderState.DeadLettered],
        [OrderState.Failed] = [OrderState.Queued, OrderState.DeadLettered],
        [OrderState.Completed] = [],
        [OrderState.DeadLettered] = [],
    };

    private static readonly Dictionary<ItemState, ItemState[]> OfItems = new()
    {
        [ItemState.Queued] = [ItemState.Leased, ItemState.Failed],
        [ItemState.Leased] = [ItemState.InProgress, ItemState.Queued, ItemState.Failed],
        [ItemState.InProgress] = [ItemState.Submitted, ItemState.Failed, ItemState.Queued],
        [ItemState.Submitted] = [ItemState.Accepted, ItemState.Rejected],
        [ItemState.Accepted] = [ItemState.Completed],
        [ItemState.Rejected] = [ItemState.Queued],
        [ItemState.Failed] = [ItemState.Queued, ItemState.DeadLettered],
        [ItemState.Completed] = [],
        [ItemState.DeadLettered] = [],
    };

    public static TheoryData<OrderState, OrderState> OrderMoves => Pairs<OrderState>((from, to) => OfOrders[from].Contains(to));

    public static TheoryData<OrderState, OrderState> OrderNonMoves => Pairs<OrderState>((from, to) => !OfOrders[from].Contains(to));

    public static TheoryData<ItemState, ItemState> ItemMoves => Pairs<ItemState>((from, to) => OfItems[from].Contains(to));

    public static TheoryData<ItemState, ItemState> ItemNonMoves => Pairs<ItemState>((from, to) => !OfItems[from].Contains(to));

    [Theory, MemberData(nameof(OrderMoves)), Trait("Scenario", "S69"), Trait("Bug", "B33")]
    public void An_order_moves_along_the_table_with_one_event_and_its_time_stamps(OrderState from, OrderState to)
    {
        var events = new List<WorkEvent>();
        var order = new WorkOrder { Id = Guid.NewGuid(), State = from, UniqueKey = "key" };

        CreateLifecycle(events).Move(order, to);

        order.State.Should().Be(to);
        order.LastTransitionedAt.Should().Be(Now);
        order.UpdatedAt.Should().Be(Now);
        order.AppliedAt.Should().Be(to == OrderState.Applied ? Now : null);
        order.CompletedAt.Should().Be(to == OrderState.Completed ? Now : null);
        order.SubmittedAt.Should().Be(to == OrderState.Submitted ? Now : null);
        order.UniqueKey.Should().Be("key");
        var written = events.Should().ContainSingle().Which;
        written.Event.Should().Be(to == OrderState.Queued ? "requeued" : StateNames.ToName(to));
        written.OrderId.Should().Be(order.Id);
        written.ItemId.Should().BeNull();
        written.OperationId.Should().Be(Operation);
        written.CreatedAt.Should().Be(Now);
        written.ActorType.Should().Be(ActorType.User);
        written.ActorId.Should().Be("bert");
    }

    [Theory, MemberData(nameof(OrderNonMoves)), Trait("Scenario", "S69"), Trait("Bug", "B17")]
    public void An_order_refuses_every_other_move_with_both_names_and_stays_as_it_is(OrderState from, OrderState to)
    {
        var events = new List<WorkEvent>();
        var order = new WorkOrder { Id = Guid.NewGuid(), State = from };

        var refusal = FluentActions.Invoking(() => CreateLifecycle(events).Move(order, to)).Should().ThrowExactly<IllegalTransitionException>().Which;

        refusal.Code.Should().Be("illegal_transition");
        (refusal.Entity, refusal.Id, refusal.From, refusal.To).Should().Be(("order", order.Id, StateNames.ToName(from), StateNames.ToName(to)));
        refusal.Message.Should().Contain("order").And.Contain($"from {StateNames.ToName(from)} to {StateNames.ToName(to)}");
        order.State.Should().Be(from);
        order.LastTransitionedAt.Should().BeNull();
        events.Should().BeEmpty();
    }

    [Theory, MemberData(nameof(ItemMoves)), Trait("Scenario", "S69"), Trait("Bug", "B33")]
    public void An_item_moves_along_the_table_with_one_event_and_its_time_stamps(ItemState from, ItemState to)
    {
        var events = new List<WorkEvent>();
        var item = new WorkItem { Id = Guid.NewGuid(), OrderId = Guid.NewGuid(), State = from };

        CreateLifecycle(events).Move(item, to);

        item.State.Should().Be(to);
        item.UpdatedAt.Should().Be(Now);
        item.Revision.Should().Be(1);
        item.AcceptedAt.Should().Be(to == ItemState.Accepted ? Now : null);
        var written = events.Should().ContainSingle().Which;
        written.Event.Should().Be(to == ItemState.Queued ? "requeued" : StateNames.ToName(to));
        (written.OrderId, written.ItemId, written.CreatedAt).Should().Be((item.OrderId, item.Id, Now));
    }

    [Theory, MemberData(nameof(ItemNonMoves)), Trait("Scenario", "S69"), Trait("Bug", "B17")]
    public void An_item_refuses_every_other_move_with_both_names_and_stays_as_it_is(ItemState from, ItemState to)
    {
        var events = new List<WorkEvent>();
        var order = new WorkOrder { State = OrderState.InProgress, ItemsTotal = 1, ItemsOpen = 1 };
        var item = new WorkItem { Id = Guid.NewGuid(), State = from };

        var refusal = FluentActions.Invoking(() => CreateLifecycle(events).Move(order, item, to)).Should().ThrowExactly<IllegalTransitionException>().Which;

        (refusal.Entity, refusal.Id, refusal.From, refusal.To).Should().Be(("item", item.Id, StateNames.ToName(from), StateNames.ToName(to)));
        refusal.Message.Should().Contain("item").And.Contain($"from {StateNames.ToName(from)} to {StateNames.ToName(to)}");
        (item.State, item.Revision).Should().Be((from, 0));
        (order.ItemsOpen, order.ItemsFailed).Should().Be((1, 0));
        events.Should().BeEmpty();
    }

    [Theory, MemberData(nameof(ItemMoves))]
    public void The_counters_of_an_order_follow_its_items(ItemState from, ItemState to)
    {
        var events = new List<WorkEvent>();
        var order = new WorkOrder { State = OrderState.InProgress, ItemsTotal = 5, ItemsOpen = Open(from), ItemsFailed = Failed(from) };

        CreateLifecycle(events).Move(order, new WorkItem { State = from }, to);

        (order.ItemsOpen, order.ItemsFailed).Should().Be((Open(to), Failed(to)));

        static int Open(ItemState state) => state is ItemState.Queued or ItemState.Leased or ItemState.InProgress ? 1 : 0;
        static int Failed(ItemState state) => state is ItemState.Failed ? 1 : 0;
    }

    private static Mover CreateLifecycle(List<WorkEvent> events) => new(new AuditTrail(events.Add, Actor.User("bert"), Now, Operation, () => null), Now);

    private static TheoryData<TState, TState> Pairs<TState>(Func<TState, TState, bool> include)
        where TState : struct, Enum
    {
        var pairs = new TheoryData<TState, TState>();
        foreach (var from in Enum.GetValues<TState>())
        {
            foreach (var to in Enum.GetValues<TState>().Where(to => include(from, to)))
            {
                pairs.Add(from, to);
            }
        }

        return pairs;
    }
}
