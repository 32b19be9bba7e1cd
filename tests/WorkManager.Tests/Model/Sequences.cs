using CsCheck;

namespace WorkManager.Tests.Model;

/// <summary>Calls one after the other, with limits on live leases or without.</summary>
internal sealed record Sequence(bool IsLimited, IReadOnlyList<Command> Commands);

/// <summary>Some calls one after the other, then some at once: a list for each of those who call at the same time.</summary>
internal sealed record Race(bool IsLimited, IReadOnlyList<Command> Before, IReadOnlyList<IReadOnlyList<Command>> AtOnce);

/// <summary>Random sequences of calls. Most mean something; some are out of range, late or a lie.</summary>
internal static class Sequences
{
    private static readonly Gen<int> OfATenant = Gen.Frequency((3, Gen.Int[0, 5]), (1, Gen.Int[6, 8]));
    private static readonly Gen<int> Who = Gen.Frequency((12, OfATenant), (1, Gen.Const(Cast.ForAll)));
    
    // Nobody can say which tenant's turn it is: who claims for all is a promise of its own.
    private static readonly Gen<int> Agent = Gen.Frequency((9, Gen.Int[2, 4]), (3, Gen.Const(Cast.OtherAgent)), (1, OfATenant));
    private static readonly Gen<int> Holder = Gen.Frequency((6, Gen.Const(Command.Holder)), (1, Who));
    private static readonly Gen<int> Reviewer = Gen.Frequency(
        (8, Gen.Int[0, 1]), (2, Gen.Const(Cast.OtherReviewer)), (1, Gen.Const(Cast.ForAll)), (2, Who));
    private static readonly Gen<int> Order = Gen.Frequency((20, Gen.Int[0, 2]), (10, Gen.Int[3, 9]), (1, Gen.Const(Command.Nothing)));
    private static readonly Gen<int> Lease = Gen.Frequency((30, Gen.Int[0, 3]), (10, Gen.Int[4, 19]), (1, Gen.Const(Command.Nothing)));
    private static readonly Gen<int> Type = Gen.Frequency((20, Gen.Int[0, 3]), (1, Gen.Const(4)));
    private static readonly Gen<int> Lie = Gen.Frequency((12, Gen.Const(0)), (1, Gen.OneOf(-1, 1)));

    private static readonly Gen<Command> AnyPropose = Gen.Select(
        Who, Type, Gen.Frequency((6, Gen.OneOf(0, 10, 90)), (1, Gen.OneOf(-1, 100, 101))), Gen.Int[1, 4], Gen.Int[1, 3],
        Gen.Frequency((5, Gen.Const(0)), (1, Gen.OneOf(20, 200))),
        Gen.Frequency((10, Gen.Const(Flaw.None)), (1, Gen.OneOf(Flaw.NotReady, Flaw.NoItems))), Gen.OneOf(Shape.Loose, Shape.Chain, Shape.Diamond),
        (who, type, priority, items, attempts, delay, flaw, shape) => new Propose(who, type, priority, items, attempts, delay, flaw, shape))
        .Select(
            Gen.Frequency((2, Gen.Const(0)), (1, Gen.Const(1))), Gen.Bool, Maybe(Order, 3),
            (propose, key, raises, before) => (Command)(propose with { Key = key, Raises = raises, After = before }));

    private static readonly Gen<Command> AnyCheckOut = Gen.Select(
        Agent, Gen.Frequency((20, Gen.Int[1, 4]), (1, Gen.OneOf(0, 1001))), Maybe(Order, 3), Maybe(Type, 3),
        Maybe(Gen.Frequency((9, Gen.OneOf(0, 10, 90)), (1, Gen.Const(101))), 4), Maybe(Gen.Frequency((9, Gen.OneOf(1, 30, 300)), (1, Gen.Const(0))), 3),
        (who, count, order, type, priority, ttl) => (Command)new CheckOut(who, count, order, type, priority, ttl));

    private static readonly Gen<Command> AnyHeartbeat = Gen.Select(Holder, Lease, Lie, (who, lease, lie) => (Command)new Heartbeat(who, lease, lie));
    private static readonly Gen<Command> AnyRelease = Gen.Select(Holder, Lease, Lie, (who, lease, lie) => (Command)new Release(who, lease, lie));

    private static readonly Gen<Command> AnySnooze = Gen.Select(
        Holder, Lease, Lie, Gen.OneOf(0, 20, 200), (who, lease, lie, seconds) => (Command)new Snooze(who, lease, lie, seconds));

    private static readonly Gen<bool> Final = Gen.Frequency((4, Gen.Const(false)), (1, Gen.Const(true)));
    private static readonly Gen<int?> After = Maybe(Gen.OneOf(0, 20), 1);

    private static readonly Gen<Command> AnyFail = Gen.Select(
        Holder, Lease, Lie, Final, After, (who, lease, lie, final, after) => (Command)new Fail(who, lease, lie, final, after));

    private static readonly Gen<Command> AnySubmit = Gen.Select(
        Holder, Lease, Lie, Gen.Frequency((8, Gen.Int[0, 9]), (1, Gen.Const(-1))), (who, lease, lie, value) => (Command)new Submit(who, lease, lie, value));

    private static readonly Gen<List<int>> Leases = Lease.List[1, 5];

    private static readonly Gen<Command> AnyMany = Gen.OneOf(
        Gen.Select(Who, AnyPropose.Select(p => (Propose)p).List[1, 4], (who, proposals) => (Command)new ProposeMany(who, proposals)),
        Gen.Select(Holder, Leases, Lie, (who, leases, lie) => (Command)new HeartbeatMany(who, leases, lie)),
        Gen.Select(Holder, Leases, Lie, (who, leases, lie) => (Command)new ReleaseMany(who, leases, lie)),
        Gen.Select(Holder, Leases, Lie, Final, After, (who, leases, lie, final, after) => (Command)new FailMany(who, leases, lie, final, after)),
        Gen.Select(Holder, Leases, Lie, Gen.OneOf(1, -2), (who, leases, lie, value) => (Command)new SubmitMany(who, leases, lie, value)),
        Gen.Select(Holder, Leases, Lie, Gen.OneOf(1, -2), (who, leases, lie, value) => (Command)new SubmitMany(who, leases, lie, value)));

    private static readonly Gen<Command> AnyApprove = Gen.Select(Reviewer, Order, (who, order) => (Command)new Approve(who, order));
    private static readonly Gen<Command> AnyApproveSeen = Gen.Select(Reviewer, Order, (who, order) => (Command)new ApproveSeen(who, order));
    private static readonly Gen<Command> AnyPreview = Gen.Select(Who, Order, (who, order) => (Command)new Preview(who, order));
    private static readonly Gen<Command> AnyEdit = Gen.Select(
        Reviewer, Order, Gen.Int[0, 3], Gen.Frequency((8, Gen.Int[0, 3]), (1, Gen.Const(-1))), (who, order, item, value) => (Command)new Edit(who, order, item, value));
    private static readonly Gen<ItemDecisionKind> Kind = Gen.Frequency(
        (4, Gen.Const(ItemDecisionKind.Accept)), (2, Gen.Const(ItemDecisionKind.Return)), (1, Gen.Const(ItemDecisionKind.Reject)));

    // Some reviewers accept nothing: else it hardly ever happens that no result is left.
    private static readonly Gen<List<ItemDecisionKind>> Kinds = Gen.Frequency(
        (2, Kind.List[1, 4]), (1, Gen.OneOf(Gen.Const(ItemDecisionKind.Return), Gen.Const(ItemDecisionKind.Reject)).List[1, 4]));
    private static readonly Gen<Command> AnyDecide = Gen.Select(
        Reviewer, Order, Gen.Int[0, 3], Kinds, Gen.Bool, (who, order, first, kinds, asSeen) => (Command)new Decide(who, order, first, kinds, asSeen));
    private static readonly Gen<Command> AnyReject = Gen.Select(
        Reviewer, Order, Gen.Frequency((5, Gen.Const(true)), (1, Gen.Const(false))), (who, order, reason) => (Command)new Reject(who, order, reason));
    private static readonly Gen<Command> AnyRework = Gen.Select(
        Reviewer, Order, Maybe(Gen.Int[0, 3], 2), (who, order, item) => (Command)new Rework(who, order, item));
    private static readonly Gen<Command> AnyReview = Gen.Frequency((4, AnyDecide), (2, AnyApprove), (1, AnyEdit), (1, AnyReject), (1, AnyRework));
    private static readonly Gen<Command> AnyCancel = Gen.Select(Who, Order, (who, order) => (Command)new Cancel(who, order));
    private static readonly Gen<Command> AnyRetry = Gen.Select(
        Reviewer, Order, Maybe(Gen.Int[0, 3], 3), Gen.Bool, (who, order, item, keep) => (Command)new Retry(who, order, item, keep));
    private static readonly Gen<Command> AnyGiveUp = Gen.Select(Reviewer, Order, (who, order) => (Command)new GiveUp(who, order));
    private static readonly Gen<Command> AnyHold = Gen.Select(Reviewer, Order, (who, order) => (Command)new Hold(who, order));
    private static readonly Gen<Command> AnyResume = Gen.Select(Reviewer, Order, (who, order) => (Command)new Resume(who, order));
    private static readonly Gen<Command> AnyPrioritize = Gen.Select(
        Reviewer, Order, Gen.Frequency((8, Gen.OneOf(0, 10, 90)), (1, Gen.Const(101))), (who, order, priority) => (Command)new Prioritize(who, order, priority));
    private static readonly Gen<Command> AnyLook = Gen.Select(Who, Order, (who, order) => (Command)new Look(who, order));
    private static readonly Gen<Command> AnyPass = Gen.OneOf(1, 20, 29, 30, 31, 119, 120, 121, 400).Select(seconds => (Command)new Pass(seconds));
    private static readonly Gen<Command> AnyHostFails =
        Gen.Frequency((1, Gen.Const(true)), (2, Gen.Const(false))).Select(fails => (Command)new HostFails(fails));
    private static readonly Gen<Command> AnyReclaim = Gen.Const((Command)new Reclaim());

    private static readonly Gen<Command> AnyApproveDue = Gen.Const((Command)new ApproveDue());

    private static readonly Gen<Command> AtAnyTime = Gen.Frequency(
        (16, AnyPropose), (32, AnyCheckOut), (30, AnyMany), (16, AnyHeartbeat), (8, AnyRelease), (4, AnySnooze), (6, AnyFail), (56, AnySubmit), (20, AnyApprove), (3, AnyReject), (6, AnyRework),
        (2, AnyCancel), (3, AnyReclaim), (5, AnyEdit), (8, AnyDecide), (6, AnyRetry), (2, AnyGiveUp), (4, AnyHold), (8, AnyResume), (3, AnyPrioritize));

    private static readonly Gen<List<Command>> Anything = Gen.Frequency((30, AtAnyTime), (2, AnyPreview), (2, AnyApproveSeen), (1, AnyLook), (1, AnyHostFails), (1, AnyApproveDue), (3, AnyPass)).List[1, 20];

    /// <summary>The way of an order from end to end, with some steps left out: what chance alone hardly ever finds.</summary>
    private static readonly Gen<List<Command>> Way = Gen.Select(
        Gen.Select(Who, Gen.Int[0, 2], Gen.Int[1, 3], Gen.Int[1, 3]), Gen.Select(Agent, Reviewer), Gen.Frequency((5, Gen.Const(1)), (1, Gen.Const(120))),
        Gen.Int[0, 3].List[12],
        (order, people, seconds, dice) =>
        {
            var (who, type, items, attempts) = order;
            var (agent, reviewer) = people;
            var leases = Enumerable.Range(0, items).ToList();
            Command[] steps =
            [
                new Propose(who, type, 10, items, attempts, 0, Flaw.None),
                new CheckOut(agent, items, 0, null, null, null),
                .. leases.Select(lease => new Heartbeat(Command.Holder, lease, 0)),
                new Pass(seconds),
                .. leases.Select(lease => new Submit(Command.Holder, lease, 0, lease)),
                new Approve(reviewer, 0),
            ];
            // Of twelve steps at most, each heartbeat stays by half, every other by three in four but for the first two.
            return steps.Where((step, i) => i < 2 || dice[i] > (step is Heartbeat ? 1 : 0)).ToList();
        });

    /// <summary>An order that comes after another one, to the end of both or to the end of one of them, with some steps left out.</summary>
    private static readonly Gen<List<Command>> OneAfterAnother = Gen.Select(
        Gen.Select(Gen.Int[0, 1], Gen.Int[0, 2], Gen.Int[0, 2]), Gen.Int[2, 4], Gen.Int[0, 1], Gen.Select(Gen.Bool, Gen.Int[0, 1]), Gen.Int[0, 3].List[18],
        (orders, agent, reviewer, end, dice) =>
        {
            var (who, first, second) = orders;
            var (isRejected, givenUp) = end;
            Command[] steps =
            [
                new Propose(who, first, 10, 1, 2, 0, Flaw.None),
                new Propose(who, second, 10, 2, 2, 0, Flaw.None, After: 0),
                new Hold(reviewer, 0),
                .. Work(1),
                isRejected ? new Reject(reviewer, 1, true) : new Approve(reviewer, 1),
                new GiveUp(reviewer, givenUp),
                new Resume(reviewer, 0),
                .. Work(0),
                new Retry(reviewer, 0, null, false),
                new Rework(reviewer, 1, null),
                new Rework(reviewer, 0, null),
                new Retry(reviewer, 0, null, false),
                .. Work(1),
                new Approve(reviewer, 1),
                .. Work(0),
                new Approve(reviewer, 0),
            ];
            return steps.Where((step, i) => i < 2 || dice[i - 2] > (step is GiveUp or Hold ? 2 : 0)).ToList();

            Command[] Work(int order) => [new CheckOut(agent, 2, order, null, null, null), new Submit(Command.Holder, 0, 0, 1)];
        });

    /// <summary>An order that is reviewed, corrected or returned, and reviewed again, with some steps left out.</summary>
    private static readonly Gen<List<Command>> UnderReview = Gen.Select(
        Gen.Select(Gen.Int[0, 1], Gen.Int[0, 3], Gen.Int[1, 2]), Gen.Int[2, 4], Gen.Select(Gen.Int[0, 1], Gen.Int[0, 1], Gen.Int[0, 1]), Gen.Int[0, 2], Gen.Int[0, 3].List[16],
        (order, agent, people, change, dice) =>
        {
            var (who, type, items) = order;
            var (first, second, third) = people;
            Command[] steps =
            [
                new Propose(who, type, 10, items, 2, 0, Flaw.None),
                .. Work(items),
                new Preview(first, 0),
                new HostFails(change == 2),
                change == 0 ? new Edit(second, 0, 0, 3) : new Rework(second, 0, 0),
                .. Work(1),
                new ApproveSeen(third, 0),
                new HostFails(false),
                new Reject(second, 0, true),
                new Rework(second, 0, null),
                .. Work(items),
                new Preview(third, 0),
                new Approve(first, 0),
                new ApproveSeen(first, 0),
                new ApproveSeen(third, 0),
            ];
            return steps.Where((step, i) => i < 2 || dice[i % 16] > (step is Reject or Edit ? 1 : 0)).ToList();

            Command[] Work(int items) => [new CheckOut(agent, items, 0, null, null, null), .. Enumerable.Range(0, items).Select(i => new Submit(Command.Holder, i, 0, 1))];
        });

    /// <summary>An order whose items are decided about one by one or together, in some rounds, with some steps left out.</summary>
    private static readonly Gen<List<Command>> ItemByItem = Gen.Select(
        Gen.Select(Gen.Int[0, 1], Gen.Int[0, 3], Gen.Int[1, 3], Gen.OneOf(Shape.Loose, Shape.Loose, Shape.Chain)), Gen.Int[2, 4], Gen.Int[0, 1].List[6],
        Gen.Select(Gen.Int[0, 2], Kinds, Gen.Bool, (first, kinds, asSeen) => (First: first, Kinds: kinds, AsSeen: asSeen)).List[4], Gen.Int[0, 3].List[16],
        (order, agent, people, decisions, dice) =>
        {
            var (who, type, items, shape) = order;
            Command[] submitted =
            [
                new Propose(who, type, 10, items, 2, 0, Flaw.None, shape),
                new HostFails(true),
                .. Work(isFailed: false),
                new HostFails(false),
            ];
            Command[] steps =
            [
                new Look(who, 0),
                Decision(0),
                new Edit(people[5], 0, dice[1], 2),
                Decision(1),
                .. Approval(people[4]),
                Decision(2),
                new Rework(people[5], 0, dice[1]),
                .. Work(isFailed: dice[0] < 2),
                Decision(3),
                new ApproveDue(),
                .. Approval(people[4]),
                .. Approval(people[5]),
            ];
            return (List<Command>)[.. submitted, .. steps.Where((step, i) => dice[i % 16] > (step is Edit or Rework ? 1 : 0))];

            Command Decision(int i) => new Decide(people[i], 0, decisions[i].First, decisions[i].Kinds, decisions[i].AsSeen);

            Command[] Approval(int who) => type == 3 ? [new Preview(who, 0), new ApproveSeen(who, 0)] : [new Approve(who, 0)];

            // What waits for another item is checked out after that.
            Command[] Work(bool isFailed) => [.. Enumerable.Repeat<Command[]>(
                [
                    new CheckOut(agent, items, 0, null, null, null),
                    .. Enumerable.Range(0, items).Select(i => isFailed ? (Command)new Fail(Command.Holder, i, 0, true, null) : new Submit(Command.Holder, i, 0, 1)),
                ],
                shape == Shape.Chain ? items : 1).SelectMany(round => round)];
        });

    /// <summary>The way of an order up to its review, and a look at it.</summary>
    private static readonly Gen<List<Command>> UpToReview = Way.Select(way => (List<Command>)[.. way.Where(step => step is not Approve), new Look(0, 0)]);

    /// <summary>Calls by many, one after the other.</summary>
    public static readonly Gen<Sequence> OneByOne = Gen.Select(
        Gen.Bool, Gen.Frequency((2, Way), (1, OneAfterAnother), (1, UnderReview), (2, ItemByItem), (3, Anything)).List[1, 5],
        (isLimited, parts) => new Sequence(isLimited, [.. parts.SelectMany(part => part)]));

    /// <summary>
    /// Time stands still while calls run at once, no item is lost by its last attempt, and no order waits for another: else what is right depends on too much.
    /// </summary>
    public static readonly Gen<Race> AtOnce = Gen.Frequency(
        (3, Beside(Gen.OneOf(Way, Gen.Frequency((14, AtAnyTime), (1, AnyPass)).List[1, 10]).List[1, 4], AtAnyTime)),
        (1, Beside(UpToReview.List[1, 2], Gen.Frequency((4, AnyReview), (1, AnySubmit)))));

    private static Gen<Race> Beside(Gen<List<List<Command>>> before, Gen<Command> command) => Gen.Select(
        Gen.Bool, before, command.List[1, 3], command.List[1, 3], command.List[1, 3],
        (isLimited, before, one, two, three) => new Race(isLimited, Patient(before.SelectMany(part => part)), [Patient(one), Patient(two), Patient(three)]));

    /// <summary>The C# of a sequence.</summary>
    public static string Print(Sequence sequence) => $"new Sequence({Flag(sequence.IsLimited)}, {Print(sequence.Commands)})";

    public static string Print(Race race) =>
        $"new Race({Flag(race.IsLimited)}, {Print(race.Before)},{Environment.NewLine}[{string.Join($",{Environment.NewLine}", race.AtOnce.Select(Print))}])";

    private static string Print(IEnumerable<Command> commands) =>
        $"[{Environment.NewLine}{string.Concat(commands.Select(c => $"    {c},{Environment.NewLine}"))}]";

    private static string Flag(bool value) => value ? "true" : "false";

    private static Gen<int?> Maybe(Gen<int> value, int weightOfNull) => Gen.Frequency((weightOfNull, Gen.Const((int?)null)), (1, value.Select(v => (int?)v)));

    private static IReadOnlyList<Command> Patient(IEnumerable<Command> commands) => [.. commands.Select(c => c switch
    {
        Propose propose => propose with { Attempts = 1000, After = null },
        ProposeMany many => many with { Proposals = [.. many.Proposals.Select(p => p with { Attempts = 1000 })] },
        _ => c,
    })];
}
