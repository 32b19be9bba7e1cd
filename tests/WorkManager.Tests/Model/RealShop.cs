using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Model;

/// <summary>The library on a database, played by the same commands as the model.</summary>
internal sealed class RealShop(ShopApp app, HostState host)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly DateTimeOffset start = app.Time.GetUtcNow();
    private readonly List<Guid> known = [];
    private readonly List<(WorkLease Lease, int Who)> leases = [];
    private readonly System.Collections.Concurrent.ConcurrentDictionary<Guid, ContentHash> seen = [];
    private readonly Dictionary<Guid, WorkItem> read = [];
    private readonly System.Collections.Concurrent.ConcurrentDictionary<Guid, int> numbers = [];
    private readonly System.Collections.Concurrent.ConcurrentDictionary<Guid, ItemName> items = [];

    /// <inheritdoc cref="WorkModel.Do(Command, int, bool)"/>
    public async Task<Func<Answer>> DoAsync(Command command, int number, bool keep = true)
    {
        try
        {
            return command switch
            {
                Propose propose => Say(await ProposeAsync(propose), number, keep),
                CheckOut checkOut => Say(await CheckOutAsync(checkOut), checkOut.Who, keep),
                Heartbeat beat => Say($"{Seconds(await Holder(beat.Who, beat.Lease).HeartbeatAsync(Token(beat.Lease, beat.Lie)))}"),
                Release release => Say(Describe(await Holder(release.Who, release.Lease).ReleaseAsync(Token(release.Lease, release.Lie)))),
                Snooze snooze => Say(Describe(await Holder(snooze.Who, snooze.Lease).ReleaseAsync(
                    Token(snooze.Lease, snooze.Lie), new ReleaseOptions { NotBefore = app.Time.GetUtcNow().AddSeconds(snooze.Seconds), Reason = "later" }))),
                Fail fail => Say(Describe(await Holder(fail.Who, fail.Lease).FailAsync(Token(fail.Lease, fail.Lie), Failure(fail)))),
                Submit submit => Say($"{Describe(await SubmitAsync(submit))} {submit.Value}"),
                Approve approve => Say($"{(await By(approve.Who).ApproveAsync(Order(approve.Order))).State}"),
                ApproveSeen seen => Say($"{(await By(seen.Who).ApproveAsync(Order(seen.Order), this.seen.GetValueOrDefault(Order(seen.Order), Unseen))).State}"),
                Preview preview => Say(await PreviewAsync(preview)),
                Edit edit => Say(await By(edit.Who).EditAsync((await ItemsAsync(edit.Order, edit.Item))!.Single(), new JobResult(edit.Value)) is var item
                    ? $"{item.State} {item.ReadResult<JobResult>(Json)!.Value}" : ""),
                Decide decide => await DecideAsync(decide, number, keep),
                Reject reject => Say(
                    $"{(await By(reject.Who).RejectAsync(Order(reject.Order), reject.WithReason ? [new RejectionReason("no", "No.")] : [])).State}"),
                Rework rework => Say($"{(await By(rework.Who).ReturnForReworkAsync(
                    Order(rework.Order), [new RejectionReason("no", "No.")], await ItemsAsync(rework.Order, rework.Item))).State}"),
                Retry retry => Say($"{(await By(retry.Who).RetryAsync(
                    Order(retry.Order), await ItemsAsync(retry.Order, retry.Item), retry.KeepAttempts)).State}"),
                GiveUp giveUp => Say($"{(await By(giveUp.Who).DeadLetterAsync(Order(giveUp.Order))).State}"),
                Hold hold => Say(Describe(await By(hold.Who).HoldAsync(Order(hold.Order)))),
                Resume resume => Say(Describe(await By(resume.Who).ResumeAsync(Order(resume.Order)))),
                Prioritize prioritize => Say($"{(await By(prioritize.Who).SetPriorityAsync(Order(prioritize.Order), prioritize.Priority)).Priority}"),
                Cancel cancel => Say($"{(await By(cancel.Who).CancelAsync(Order(cancel.Order))).State}"),
                Look look => Say(await LookAsync(look)),
                Reclaim => Say($"{await app.Maintenance.ReclaimExpiredAsync()}"),
                ApproveDue => Say($"{await app.Maintenance.ApproveDueAsync()}"),
                ProposeMany many => Say(await ProposeAsync(many), (order, i) => $"{Name(order, number + i, keep)}"),
                HeartbeatMany many => Say(
                    await Holder(many).HeartbeatManyAsync([.. many.Leases.Select(l => Token(l, many.Lie))]), (expires, _) => $"{Seconds(expires)}"),
                ReleaseMany many => Say(await Holder(many).ReleaseManyAsync([.. many.Leases.Select(l => Token(l, many.Lie))]), (item, _) => Describe(item)),
                FailMany many => Say(
                    await Holder(many).FailManyAsync(
                        [.. many.Singles(HolderOf(many.Who, many.Leases[0])).Cast<Fail>().Select(f => new FailedAttempt(Token(f.Lease, f.Lie), Failure(f)))]),
                    (item, _) => Describe(item)),
                SubmitMany many => Say(
                    await Holder(many).SubmitManyAsync([.. many.Singles(HolderOf(many.Who, many.Leases[0])).Cast<Submit>().Select(Submission)]),
                    (item, _) => $"{Describe(item)} {item.ReadResult<JobResult>(Json)!.Value}"),
                Pass pass => Say(PassTime(pass.Seconds)),
                HostFails fails => Say($"{host.Fails = fails.Fails}"),
                _ => throw new NotSupportedException(command.ToString()),
            };
        }
        catch (WorkManagerException refused)
        {
            return () => Refused(refused);
        }
    }

    /// <summary>A hash that no preview has.</summary>
    private static ContentHash Unseen => ContentHash.Parse(new string('0', 64));

    private async Task<string> PreviewAsync(Preview command)
    {
        var preview = await By(command.Who).PreviewAsync(Order(command.Order));
        seen[preview.OrderId] = preview.ContentHash!.Value;
        return $"{preview.Changes.Single().Values.Single(v => v.Name == "Text").After} obstacles {preview.Obstacles.Count}";
    }

    private async Task<Func<Answer>> DecideAsync(Decide command, int number, bool keep)
    {
        var orderId = Order(command.Order);
        var about = command.About(await ItemIdsAsync(orderId)) is { Count: > 0 } some ? some : [(Guid.NewGuid(), ItemDecisionKind.Accept)];
        var decided = await By(command.Who).DecideAsync(orderId, [.. about.Select(d => Decision(d.Item, d.Kind, command.AsSeen))]);
        if (decided.ChildOrder is not { } child)
        {
            return Say($"{decided.Order.State}");
        }

        var moved = Name((await OrdersAsync(child.Id)).Single(), number, keep).Total;
        return Say($"{decided.Order.State} {moved} in order {number}");
    }

    private ItemDecision Decision(Guid id, ItemDecisionKind kind, bool asSeen)
    {
        var reason = new RejectionReason("no", "No.");
        return asSeen && read.GetValueOrDefault(id) is { ResultHash: not null } item
            ? kind switch
            {
                ItemDecisionKind.Accept => ItemDecision.Accept(item),
                ItemDecisionKind.Return => ItemDecision.Return(item, reason),
                _ => ItemDecision.Reject(item, reason),
            }
            : kind switch
            {
                ItemDecisionKind.Accept => ItemDecision.Accept(id),
                ItemDecisionKind.Return => ItemDecision.Return(id, reason),
                _ => ItemDecision.Reject(id, reason),
            };
    }

    private async Task<string> LookAsync(Look look)
    {
        var order = await By(look.Who).GetAsync(Order(look.Order));
        order.Items.ToList().ForEach(i => read[i.Id] = i);
        return $"{View((await OrdersAsync(order.Id)).Single(), await LedgerAsync())}";
    }

    public async Task<IReadOnlyList<OrderView>> ViewsAsync()
    {
        var ledger = await LedgerAsync();
        return [.. (await OrdersAsync()).Select(o => View(o, ledger)).OrderBy(v => v.Number)];
    }

    /// <param name="only">Only this one; null for all.</param>
    public Task<List<WorkOrder>> OrdersAsync(Guid? only = null) => app.ReadAsync(db => db.Set<WorkOrder>().AsNoTracking()
        .Where(o => only == null || o.Id == only)
        .Include(o => o.Items.OrderBy(i => i.Id)).Include(o => o.Events.OrderBy(e => e.Id)).Include(o => o.Decisions).AsSplitQuery().ToListAsync());

    private Task<List<Guid>> LedgerAsync() => app.ReadAsync(db => db.Ledger.Select(l => l.OrderId).ToListAsync());

    private Task<WorkOrder> ProposeAsync(Propose propose) => By(propose.Who)
        .ProposeAsync(Cast.Types[propose.Type], JsonSerializer.SerializeToElement(Payload(propose), Json), new()
        {
            Priority = propose.Priority,
            UniqueKey = propose.Key > 0 ? $"key {propose.Key}" : null,
            IfOpen = propose.Raises ? OpenOrder.RaisePriority : OpenOrder.Refuse,
            After = propose.After is { } before ? [Order(before)] : [],
        });

    private Task<IReadOnlyList<WorkOutcome<WorkOrder>>> ProposeAsync(ProposeMany many) => By(many.Who)
        .ProposeManyAsync([.. many.Proposals.Select(p => new Proposal<LenientPayload>(Payload(p), new ProposeOptions { Priority = p.Priority }))]);

    private LenientPayload Payload(Propose propose) => new(
        propose.Flaw == Flaw.NoItems ? 0 : propose.Items, propose.Attempts,
        propose.Delay == 0 ? null : app.Time.GetUtcNow().AddSeconds(propose.Delay), propose.Flaw == Flaw.NotReady, propose.Shape);

    /// <summary>The items that a return or a retry names. Who does not see the order does not know its items.</summary>
    private async Task<IReadOnlyCollection<Guid>?> ItemsAsync(int order, int? item) => item is not { } number ? null
        : await ItemIdsAsync(Order(order)) is { Count: > 0 } all ? [all[number % all.Count]] : [Guid.NewGuid()];

    private Task<List<Guid>> ItemIdsAsync(Guid orderId) =>
        app.ReadAsync(db => db.Set<WorkItem>().Where(i => i.OrderId == orderId).OrderBy(i => i.Id).Select(i => i.Id).ToListAsync());

    private static WorkFailure Failure(Fail fail) =>
        new("broken", "It is.") { Retryable = !fail.Final, RetryAfter = fail.After is { } seconds ? TimeSpan.FromSeconds(seconds) : null };

    private Task<WorkItem> SubmitAsync(Submit submit) => LeaseToShow(submit) is { } lease
        ? Holder(submit.Who, submit.Lease).SubmitAsync(lease, new JobResult(submit.Value))
        : Holder(submit.Who, submit.Lease).SubmitAsync(Token(submit.Lease, submit.Lie), new JobResult(submit.Value));

    private Submission<JobResult> Submission(Submit submit) => LeaseToShow(submit) is { } lease
        ? new(lease, new JobResult(submit.Value))
        : new(Token(submit.Lease, submit.Lie), new JobResult(submit.Value));

    // Honest holders show every other time what they were given: then nothing is read before the database decides, however late they come.
    private WorkLease? LeaseToShow(Submit submit) =>
        submit.Lie == 0 && submit.Value % 2 == 0 && LeaseOf(submit.Lease) is { } given && given.Who == HolderOf(submit.Who, submit.Lease) ? given.Lease : null;

    // An open order comes without its items. It is told when all is over: it may still be on its way to the one who proposed it.
    private Func<Answer> Say(WorkOrder proposed, int number, bool keep) => proposed.Items.Count > 0
        ? Say(Name(proposed, number, keep))
        : () => Answer.Of($"open {numbers[proposed.Id]} priority {proposed.Priority}");

    private OrderView Name(WorkOrder order, int number, bool keep)
    {
        numbers[order.Id] = number;
        foreach (var (item, i) in order.Items.OrderBy(i => i.Id).Select((item, i) => (item, i)))
        {
            items[item.Id] = new ItemName(number, i);
        }

        if (keep)
        {
            known.Add(order.Id);
        }

        // The trail is read by those who look; here it can only be what a proposal writes.
        var view = View(order, []);
        return view with { Events = [$"proposed {Text(order.RequestedByType, order.RequestedById)}", $"planned {ModelOrder.Engine}"] };
    }

    private Task<IReadOnlyList<WorkLease>> CheckOutAsync(CheckOut request) => By(request.Who).CheckoutManyAsync(request.Count, new CheckoutRequest
    {
        OrderId = request.Order is { } order ? Order(order) : null,
        Type = request.Type is { } type ? Cast.Types[type] : null,
        MinPriority = request.MinPriority,
        Ttl = request.Ttl is { } ttl ? TimeSpan.FromSeconds(ttl) : null,
    });

    private Func<Answer> Say(IReadOnlyList<WorkLease> granted, int who, bool keep)
    {
        if (keep)
        {
            leases.AddRange(granted.Select(l => (l, who)));
        }

        // Named when all is over: the order of a lease may still be on its way to the one who proposed it.
        return () => Answer.Of(
            granted.Count == 0 ? "" : $"{granted.Select(l => Seconds(l.ExpiresAt)).Distinct().Single()}") with
        {
            Grants = [.. granted.Select(l => new Grant(items[l.Item.Id], l.Item.LeaseEpoch))],
        };
    }

    private string PassTime(int seconds)
    {
        app.Time.Advance(TimeSpan.FromSeconds(seconds));
        return $"{Seconds(app.Time.GetUtcNow())}";
    }

    private OrderView View(WorkOrder order, IReadOnlyList<Guid> ledger) => new(
        numbers[order.Id], TenantOf(order), order.State, PriorityOf(order), order.HeldAt is not null, order.BlockedBy, order.RequestedFor,
        Seconds(order.SubmittedAt), order.ItemsTotal, order.ItemsOpen, order.ItemsFailed, ledger.Count(id => id == order.Id),
        Count(order.Decisions, WorkDecision.Approve, null),
        order.ApplyAttempts, Seconds(order.NextApplyAt), order.ReadError()?.Code,
        // A refused approval is recorded after it was refused, in a transaction of its own: beside other calls, anything may come in between.
        Trail(order.Events.Where(e => e.ItemId is null && e.Event != WorkEventNames.ApprovalDenied)),
        [.. order.Items.OrderBy(i => i.Id).Select(i => View(i, order.Events, order.Decisions))]);

    private ItemView View(WorkItem item, IEnumerable<WorkEvent> trail, IEnumerable<WorkDecision> decisions) => new(
        item.State, item.LeaseEpoch, item.Attempts, item.Releases, item.ReworkCount, item.LeasedByAgentId, Seconds(item.LeaseExpiresAt),
        Seconds(item.AvailableAt), Seconds(item.ReadyAt), item.BlockedBy, item.ReadResult<JobResult>(Json)?.Value, item.ResultVersion,
        item.SubmittedById is null ? null : Text(item.SubmittedByType, item.SubmittedById), item.SubmittedFor,
        Count(decisions, WorkDecision.Accept, item.Id),
        item.Error is { } error ? JsonDocument.Parse(error).RootElement.GetProperty("code").GetString() : null,
        Trail(trail.Where(e => e.ItemId == item.Id)));

    /// <summary>How many decisions of a kind stand, by which nothing is applied yet.</summary>
    private static int Count(IEnumerable<WorkDecision> decisions, string kind, Guid? itemId) =>
        decisions.Count(d => d.Decision == kind && d.ItemId == itemId && d is { SupersededAt: null, ConsumedAt: null });

    private static IReadOnlyList<string> Trail(IEnumerable<WorkEvent> events) => [.. events.OrderBy(e => e.Id)
        .Select(e => $"{e.Event}{(e.LeaseEpoch is { } epoch ? $"#{epoch}" : "")} {Text(e.ActorType, e.ActorId)}")];

    // A row that is of another tenant than its order shows.
    private static string TenantOf(WorkOrder order) => string.Join(
        " and ", new[] { order.TenantId }.Concat(order.Items.Select(i => i.TenantId)).Concat(order.Events.Select(e => e.TenantId)).Distinct());

    // Its items have the priority of their order.
    private static int PriorityOf(WorkOrder order) => order.Items.All(i => i.Priority == order.Priority) ? order.Priority : -1;

    private static string Text(ActorType? type, string? id) => type switch
    {
        ActorType.Agent => Actor.Agent(id!).ToString(),
        ActorType.User => Actor.User(id!).ToString(),
        _ => Actor.System(id!).ToString(),
    };

    private static string Describe(WorkOrder order) => $"{order.State} held {order.HeldAt is not null}";

    private static string Describe(WorkItem item) => $"{item.State} #{item.LeaseEpoch}";

    private static Func<Answer> Say<T>(IReadOnlyList<WorkOutcome<T>> outcomes, Func<T, int, string> describe)
    {
        var parts = outcomes.Select((o, i) => o.Succeeded ? Answer.Of(describe(o.Value, i)) : Refused(o.Error)).ToList();
        return () => new Answer(null, "") { Parts = parts };
    }

    private static Answer Refused(WorkManagerException refused) =>
        Answer.Refused(refused.Code, (refused as LeaseLostException)?.Reason ?? (object?)(refused as ApprovalDeniedException)?.Reason);

    private static Func<Answer> Say(object text) => () => Answer.Of(text.ToString()!);

    private IWorkOrderManager By(int who)
    {
        var factory = app.Services.GetRequiredService<IWorkOrderManagerFactory>();
        return Cast.TenantOf(who) is { } tenant ? factory.Create(Cast.Actors[who], tenant) : factory.CreateForAllTenants(Cast.Actors[who]);
    }

    private IWorkOrderManager Holder(ManyLeases many) => Holder(many.Who, many.Leases[0]);

    private IWorkOrderManager Holder(int who, int lease) => By(HolderOf(who, lease));

    private int HolderOf(int who, int lease) => who == Command.Holder ? LeaseOf(lease)?.Who ?? 0 : who;

    private Guid Order(int number) => number == Command.Nothing || known.Count == 0 ? Guid.NewGuid() : known[^(1 + (number % known.Count))];

    private LeaseToken Token(int number, int lie)
    {
        var lease = LeaseOf(number)?.Lease.Token ?? new LeaseToken(Guid.NewGuid(), 1);
        return new LeaseToken(lease.ItemId, lease.Epoch + lie);
    }

    private (WorkLease Lease, int Who)? LeaseOf(int number) => number == Command.Nothing || leases.Count == 0 ? null : leases[^(1 + (number % leases.Count))];

    private double? Seconds(DateTimeOffset? time) => (time - start)?.TotalSeconds;
}
