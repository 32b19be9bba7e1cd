using System.Collections;
using System.Globalization;

namespace WorkManager.Tests.Model;

/// <summary>One call of somebody, as plain data.</summary>
/// <remarks>
/// Orders and leases are numbers, counted back from the newest: a sequence still means something when shrinking has left calls out of it.
/// <see cref="Nothing"/> stands for an id that nobody has ever given out.
/// </remarks>
internal abstract record Command
{
    public const int Nothing = -1;

    /// <summary>The one to whom the lease was granted.</summary>
    public const int Holder = -2;

    /// <summary>The C# that makes this command: what a failure prints can be pasted into a test.</summary>
    public sealed override string ToString()
    {
        var constructor = GetType().GetConstructors().Single(c => c.GetParameters() is not [{ Name: "original" }]);
        return $"new {GetType().Name}({string.Join(", ", constructor.GetParameters().Select(p => Literal(GetType().GetProperty(p.Name!)!.GetValue(this))))})";
    }

    private static string Literal(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        Enum name => $"{name.GetType().Name}.{name}",
        IEnumerable list and not string => $"[{string.Join(", ", list.Cast<object>().Select(Literal))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}

/// <summary>What an order is to meet with at its end.</summary>
internal enum Flaw
{
    None,

    /// <summary>The order type has a reason against its approval.</summary>
    NotReady,

    /// <summary>The plan has no item.</summary>
    NoItems,
}

/// <param name="Who">Index into <see cref="Cast.Actors"/>, as in all commands.</param>
/// <param name="Type">Index into <see cref="Cast.Types"/>.</param>
/// <param name="Priority">As proposed; may be out of range.</param>
/// <param name="Items">How many.</param>
/// <param name="Attempts">How many each item may have.</param>
/// <param name="Delay">In how many seconds the items are to be available.</param>
/// <param name="Flaw">What is wrong with it.</param>
/// <param name="Shape">Which items wait for which.</param>
/// <param name="Key">Its unique key; 0 for none.</param>
/// <param name="Raises">Whether it raises the priority of an open order with the key; else it is refused.</param>
/// <param name="After">The order that is to be completed before; null for none.</param>
internal sealed record Propose(
    int Who, int Type, int Priority, int Items, int Attempts, int Delay, Flaw Flaw, Shape Shape = Shape.Loose, int Key = 0, bool Raises = false,
    int? After = null) : Command;

/// <param name="Who">The agent.</param>
/// <param name="Count">How many items; may be out of range.</param>
/// <param name="Order">Only of this order; null for any.</param>
/// <param name="Type">Only of this type; null for any.</param>
/// <param name="MinPriority">Only from this priority on; null for any.</param>
/// <param name="Ttl">Seconds; null for the default.</param>
internal sealed record CheckOut(int Who, int Count, int? Order, int? Type, int? MinPriority, int? Ttl) : Command;

/// <param name="Who">Somebody who says to hold it; <see cref="Command.Holder"/> for the one to whom it was granted.</param>
/// <param name="Lease">The lease.</param>
/// <param name="Lie">By how much the epoch that is shown differs from the one that was granted.</param>
internal sealed record Heartbeat(int Who, int Lease, int Lie) : Command;

/// <inheritdoc cref="Heartbeat"/>
internal sealed record Release(int Who, int Lease, int Lie) : Command;

/// <param name="Who">Somebody who says to hold it; <see cref="Command.Holder"/> for the one to whom it was granted.</param>
/// <param name="Lease">The lease.</param>
/// <param name="Lie">By how much the epoch that is shown differs from the one that was granted.</param>
/// <param name="Seconds">For how long nobody is to get the item.</param>
internal sealed record Snooze(int Who, int Lease, int Lie, int Seconds) : Command;

/// <param name="Who">Somebody who says to hold it; <see cref="Command.Holder"/> for the one to whom it was granted.</param>
/// <param name="Lease">The lease.</param>
/// <param name="Lie">By how much the epoch that is shown differs from the one that was granted.</param>
/// <param name="Final">Whether no other attempt is to be made.</param>
/// <param name="After">In how many seconds it is to be tried again; null for what the options say.</param>
internal sealed record Fail(int Who, int Lease, int Lie, bool Final, int? After) : Command;

/// <param name="Who">Somebody who says to hold it; <see cref="Command.Holder"/> for the one to whom it was granted.</param>
/// <param name="Lease">The lease.</param>
/// <param name="Lie">By how much the epoch that is shown differs from the one that was granted.</param>
/// <param name="Value">The result; a negative one is refused.</param>
internal sealed record Submit(int Who, int Lease, int Lie, int Value) : Command;

internal sealed record Approve(int Who, int Order) : Command;

/// <summary>Somebody looks at what an approval would change.</summary>
internal sealed record Preview(int Who, int Order) : Command;

/// <summary>An approval of what the last preview of the order showed, whoever made it.</summary>
internal sealed record ApproveSeen(int Who, int Order) : Command;

/// <param name="Who">The reviewer.</param>
/// <param name="Order">The order.</param>
/// <param name="Item">The item of the order, by its number.</param>
/// <param name="Value">The result that takes the place of its own; a negative one is refused.</param>
internal sealed record Edit(int Who, int Order, int Item, int Value) : Command;

/// <param name="Who">The reviewer.</param>
/// <param name="Order">The order.</param>
/// <param name="First">The item of the order that the first decision is about, by its number; the next one is about the next item.</param>
/// <param name="Kinds">What is decided; more than the order has items are left out.</param>
/// <param name="AsSeen">Whether it is about the results that the last look showed, and not about whatever they are.</param>
internal sealed record Decide(int Who, int Order, int First, IReadOnlyList<ItemDecisionKind> Kinds, bool AsSeen) : Command
{
    /// <summary>The items with what is decided about each.</summary>
    public IReadOnlyList<(T Item, ItemDecisionKind Kind)> About<T>(IReadOnlyList<T> items) =>
        [.. Kinds.Take(items.Count).Select((kind, i) => (items[(First + i) % items.Count], kind))];
}

internal sealed record Reject(int Who, int Order, bool WithReason) : Command;

/// <param name="Who">The reviewer.</param>
/// <param name="Order">The order.</param>
/// <param name="Item">Only this item of the order, by its number; null for all.</param>
internal sealed record Rework(int Who, int Order, int? Item) : Command;

internal sealed record Cancel(int Who, int Order) : Command;

/// <param name="Who">The operator.</param>
/// <param name="Order">The order.</param>
/// <param name="Item">Only this item of the order, by its number; null for all that failed.</param>
/// <param name="KeepAttempts">Whether the attempts count on.</param>
internal sealed record Retry(int Who, int Order, int? Item, bool KeepAttempts) : Command;

internal sealed record GiveUp(int Who, int Order) : Command;

internal sealed record Hold(int Who, int Order) : Command;

internal sealed record Resume(int Who, int Order) : Command;

/// <param name="Who">The operator.</param>
/// <param name="Order">The order.</param>
/// <param name="Priority">The new priority; may be out of range.</param>
internal sealed record Prioritize(int Who, int Order, int Priority) : Command;

/// <summary>Somebody looks at an order.</summary>
internal sealed record Look(int Who, int Order) : Command;

/// <summary>Maintenance runs.</summary>
internal sealed record Reclaim : Command;

/// <summary>Maintenance approves what is due.</summary>
internal sealed record ApproveDue : Command;

/// <summary>Time goes by.</summary>
internal sealed record Pass(int Seconds) : Command;

/// <summary>From now on the host's data can be changed, or cannot.</summary>
internal sealed record HostFails(bool Fails) : Command;

/// <summary>Calls of one actor in one batch.</summary>
/// <param name="Who">The actor; <see cref="Command.Holder"/> for the one to whom the first lease was granted.</param>
internal abstract record Many(int Who) : Command
{
    /// <summary>The batch as single calls: it is answered as they would be.</summary>
    /// <param name="who">Who <see cref="Who"/> is.</param>
    public abstract IReadOnlyList<Command> Singles(int who);
}

/// <summary>Leases of a batch.</summary>
internal abstract record ManyLeases(int Who, IReadOnlyList<int> Leases) : Many(Who);

internal sealed record ProposeMany(int Who, IReadOnlyList<Propose> Proposals) : Many(Who)
{
    /// <summary>The only type that has a payload for itself.</summary>
    public const int Type = 2;

    public override IReadOnlyList<Command> Singles(int who) => [.. Proposals.Select(p => p with { Who = who, Type = Type, Key = 0, After = null })];
}

internal sealed record HeartbeatMany(int Who, IReadOnlyList<int> Leases, int Lie) : ManyLeases(Who, Leases)
{
    public override IReadOnlyList<Command> Singles(int who) => [.. Leases.Select(lease => new Heartbeat(who, lease, Lie))];
}

internal sealed record ReleaseMany(int Who, IReadOnlyList<int> Leases, int Lie) : ManyLeases(Who, Leases)
{
    public override IReadOnlyList<Command> Singles(int who) => [.. Leases.Select(lease => new Release(who, lease, Lie))];
}

internal sealed record FailMany(int Who, IReadOnlyList<int> Leases, int Lie, bool Final, int? After) : ManyLeases(Who, Leases)
{
    // Every other one may be tried again, whatever the first says.
    public override IReadOnlyList<Command> Singles(int who) => [.. Leases.Select((lease, i) => new Fail(who, lease, Lie, Final && i % 2 == 0, After))];
}

internal sealed record SubmitMany(int Who, IReadOnlyList<int> Leases, int Lie, int Value) : ManyLeases(Who, Leases)
{
    // If the value is refused, then every other one is not.
    public override IReadOnlyList<Command> Singles(int who) =>
        [.. Leases.Select((lease, i) => new Submit(who, lease, Lie, i % 2 == 0 ? Value : Math.Abs(Value)))];
}
