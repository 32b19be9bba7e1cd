using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AwesomeAssertions;
using AwesomeAssertions.Execution;
using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Auditing;

/// <summary>
/// What each move of an item writes, by every way to make it: alone and in a batch, by SQL and by changed rows. Whole rows are compared, so that
/// no way forgets a column, or writes one that is not its own.
/// </summary>
public abstract class ItemQueueSpecification(DatabaseFixture databases)
{
    private const string Revoked = "Lease revoked: the order is closed";
    private const string Idle = "Nobody works on the order";
    private static readonly Actor Agent = Actor.Agent("agent-1", onBehalfOf: Actor.User("7"));
    private static readonly Actor Reviewer = Actor.User("bert");
    private static readonly Actor Engine = Actor.System("workmanager");
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(60);

    private readonly Activity trace = new Activity("test").Start();

    public static MatrixTheoryData<string, int> Claims => new(["any", "of a type", "of an order", "of an order and a type"], [1, 2]);

    public static MatrixTheoryData<int, bool> Returns => new([1, 2], [false, true]);

    public static MatrixTheoryData<string, int, bool, int> Expiries => new(["maintenance", "checkout"], [1, 2], [false, true], [0, 60]);

    public static MatrixTheoryData<string, bool> Submits => new(["lease", "token", "batch", "beside a refused result"], [false, true]);

    [Theory, MemberData(nameof(Claims))]
    public async Task A_granted_item(string which, int items)
    {
        await using var app = await StartAsync();
        var before = await ProposeAsync(app, 2);
        var request = which switch
        {
            "any" => new CheckoutRequest(),
            "of a type" => new CheckoutRequest { Type = "test.batch" },
            "of an order" => new CheckoutRequest { OrderId = before.Id },
            _ => new CheckoutRequest { OrderId = before.Id, Type = "test.batch" },
        };

        var leases = await app.By(Agent).CheckoutManyAsync(items, request);

        var now = app.Time.GetUtcNow();
        foreach (var item in before.Items.Take(items))
        {
            item.State = ItemState.Leased;
            item.ReadyAt = null;
            item.LeasedByAgentId = "agent-1";
            item.LeaseEpoch = 1;
            item.LeaseSeconds = 120;
            item.LeasedAt = item.LastHeartbeatAt = now;
            item.LeaseExpiresAt = now.AddSeconds(120);
            Written(item, now);
        }

        leases.Select(l => l.Item).Should().BeEquivalentTo(before.Items.Take(items).Select(i => i.Copy()), o => o.WithStrictOrdering());
        await ShouldBeAsync(
            app, Moved(before, OrderState.CheckedOut, now),
            [
                .. before.Items.Take(items).Select(i => Event("leased", i, now, Agent, ExpiresAt(i))),
                Event("checked_out", before, now, Agent, """{"agent_id":"agent-1"}"""),
            ]);
    }

    [Theory, InlineData(1), InlineData(2)]
    public async Task An_extended_lease(int items)
    {
        await using var app = await StartAsync(o => o.Lease.RecordHeartbeats = true);
        var before = await LeasedAsync(app, 2, items, begun: false);

        await BeatAsync(app, before, items);

        var now = app.Time.GetUtcNow();
        foreach (var item in before.Items.Take(items))
        {
            item.State = ItemState.InProgress;
            item.LastHeartbeatAt = now;
            item.LeaseExpiresAt = now.AddSeconds(120);
            Written(item, now);
        }

        before = await ShouldBeAsync(
            app, Moved(before, OrderState.InProgress, now),
            [.. before.Items.Take(items).Select(i => Event("in_progress", i, now, Agent)), Event("in_progress", before, now, Agent)]);
        app.Time.Advance(TimeSpan.FromSeconds(7));

        await BeatAsync(app, before, items);

        now = app.Time.GetUtcNow();
        foreach (var item in before.Items.Take(items))
        {
            item.LastHeartbeatAt = now;
            item.LeaseExpiresAt = now.AddSeconds(120);
            item.UpdatedAt = now;
        }

        await ShouldBeAsync(app, before, [.. before.Items.Take(items).Select(i => Event("heartbeat", i, now, Agent, ExpiresAt(i)))]);
    }

    [Theory, MemberData(nameof(Returns))]
    public async Task A_released_item(int items, bool begun)
    {
        await using var app = await StartAsync();
        var before = await LeasedAsync(app, 2, items, begun);
        var leases = before.Items.Take(items).Select(TokenOf).ToList();

        WorkItem[] returned = items == 1
            ? [await app.By(Agent).ReleaseAsync(leases[0])]
            : [.. (await app.By(Agent).ReleaseManyAsync(leases)).Select(o => o.Value)];

        var now = app.Time.GetUtcNow();
        foreach (var item in before.Items.Take(items))
        {
            WithoutLease(item).State = ItemState.Queued;
            item.Releases = 1;
            item.AvailableAt = now;
            item.ReadyAt = now;
            Written(item, now);
        }

        returned.Should().BeEquivalentTo(before.Items.Take(items).Select(i => i.Copy()), o => o.WithStrictOrdering());
        await ShouldBeAsync(
            app, Moved(before, OrderState.Queued, now),
            [.. before.Items.Take(items).Select(i => Event("released", i, now, Agent)), Event("requeued", before, now, Engine, message: Idle)]);
    }

    [Theory, MemberData(nameof(Expiries))]
    public async Task An_item_whose_lease_ran_out(string by, int items, bool begun, int pause)
    {
        await using var app = await StartAsync(o => o.Retry.Backoff = TimeSpan.FromSeconds(pause));
        var before = await LeasedAsync(app, 2, items, begun);
        app.Time.Advance(TimeSpan.FromSeconds(121));

        await RecoverAsync(app, by);

        var now = app.Time.GetUtcNow();
        foreach (var item in before.Items.Take(items))
        {
            WithoutLease(item).State = ItemState.Queued;
            item.Attempts++;
            // The second attempt: the pause is doubled.
            item.AvailableAt = now.AddSeconds(2 * pause);
            item.ReadyAt = pause == 0 ? now : null;
            Written(item, now);
        }

        await ShouldBeAsync(
            app, Moved(before, OrderState.Queued, now),
            [
                .. before.Items.Take(items).Select(i => Event("lease_expired", i, now, Engine, Expired(i), "Lease expired")),
                Event("requeued", before, now, Engine, message: Idle),
            ]);
    }

    [Theory, InlineData("maintenance"), InlineData("checkout")]
    public async Task An_item_whose_last_lease_ran_out(string by)
    {
        await using var app = await StartAsync();
        var before = await LeasedAsync(app, 2, 2, begun: false, maxAttempts: 2);
        app.Time.Advance(TimeSpan.FromSeconds(121));

        await RecoverAsync(app, by);

        const string error = """{"code":"max_attempts_exceeded","message":"The lease ran out, and that was the last of 2 attempts."}""";
        var now = app.Time.GetUtcNow();
        foreach (var item in before.Items)
        {
            WithoutLease(item).State = ItemState.Failed;
            item.Attempts++;
            item.Error = error;
            Written(item, now);
        }

        Moved(before, OrderState.Failed, now).ItemsOpen = 0;
        before.ItemsFailed = 2;
        await ShouldBeAsync(
            app, before,
            [
                .. before.Items.SelectMany(i => new[]
                {
                    Event("lease_expired", i, now, Engine, Expired(i), "Lease expired"),
                    Event("failed", i, now, Engine, $$"""{"error":{{error}}}"""),
                }),
                Event("failed", before, now, Engine, """{"failed_items":2}""", "Items failed for good"),
            ]);
    }

    [Theory, MemberData(nameof(Submits))]
    public async Task A_submitted_item(string way, bool begun)
    {
        await using var app = await StartAsync();
        var before = await LeasedAsync(app, 3, 2, begun, out var leases);
        var agent = app.By(Agent);
        Submission<BatchResult>[] results = [new(leases[0].Token, Result(0)), new(leases[1].Token, Result(1))];

        WorkItem[] returned = way switch
        {
            "lease" => [await agent.SubmitAsync(leases[0], Result(0))],
            "token" => [await agent.SubmitAsync(leases[0].Token, Result(0))],
            "batch" => [.. (await agent.SubmitManyAsync(results)).Select(o => o.Value)],
            _ => [(await agent.SubmitManyAsync([results[0], new(leases[1].Token, Result(1) with { Count = -1 })]))[0].Value],
        };

        var now = app.Time.GetUtcNow();
        var submitted = before.Items.Take(returned.Length).ToList();
        var started = begun ? [] : submitted.Select(i => Event("in_progress", i, now, Agent)).ToList();
        foreach (var (item, i) in submitted.Select((item, i) => (item, i)))
        {
            item.Revision += begun ? 0 : 1;
            WithoutLease(item).State = ItemState.Submitted;
            item.Result = ResultText(i);
            item.ResultHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalText(i))));
            item.ResultVersion = 1;
            item.Error = null;
            item.SubmittedAt = now;
            (item.SubmittedByType, item.SubmittedById, item.SubmittedFor) = (ActorType.Agent, "agent-1", "user:7");
            Written(item, now);
        }

        returned.Should().BeEquivalentTo(submitted.Select(i => i.Copy()), o => o.WithStrictOrdering());
        before.ItemsOpen -= submitted.Count;
        before.UpdatedAt = now;
        if (begun)
        {
            before.Revision++;
        }
        else
        {
            Moved(before, OrderState.InProgress, now);
        }

        if (way == "beside a refused result")
        {
            // What is recorded of a refusal is another promise.
            var refused = await app.ItemAsync(leases[1].Item.Id);
            before.Items.ElementAt(1).Error = refused.Error.Should().Contain("validation_failed").And.Subject;
            Written(before.Items.ElementAt(1), now);
        }

        await ShouldBeAsync(
            app, before,
            [
                .. started,
                .. submitted.Select(i => Event("submitted", i, now, Agent, $$"""{"result":{{i.Result}},"evidence":null,"notes":null}""")),
                .. begun ? Array.Empty<WorkEvent>() : [Event("in_progress", before, now, Agent)],
            ],
            inAnyOrder: true);
    }

    [Theory, InlineData("lease"), InlineData("batch")]
    public async Task The_last_submitted_item_of_an_order(string way)
    {
        await using var app = await StartAsync();
        var before = await LeasedAsync(app, 1, 1, begun: true, out var leases);

        await (way == "lease"
            ? app.By(Agent).SubmitAsync(leases[0], Result(0))
            : (Task)app.By(Agent).SubmitManyAsync([new Submission<BatchResult>(leases[0].Token, Result(0))]));

        var now = app.Time.GetUtcNow();
        var stored = await app.OrderAsync(before.Id);
        Moved(before, OrderState.Submitted, now).ItemsOpen = 0;
        before.SubmittedAt = now;
        before.Should().BeEquivalentTo(stored, o => o.Excluding(w => w.Items).Excluding(w => w.Events));
        stored.Events.Last().Should().BeEquivalentTo(
            Event("submitted", before, now, Engine, message: "All items submitted"),
            o => o.Excluding(e => e.Id).Excluding(e => e.TraceParent).Excluding(e => e.OperationId));
    }

    [Theory, InlineData("reject"), InlineData("cancel")]
    public async Task The_items_of_a_closed_order(string how)
    {
        await using var app = await StartAsync();
        await LeasedAsync(app, 5, 3, begun: false, out var leases);
        await app.By(Agent).SubmitAsync(leases[0], Result(0));
        await app.By(Agent).HeartbeatAsync(leases[1]);
        var last = (await app.OrderAsync(leases[0].OrderId)).Items.Last();
        await app.ReadAsync(db => db.Set<WorkItem>().Where(i => i.Id == last.Id).ExecuteUpdateAsync(set => set
            .SetProperty(i => i.ReadyAt, (DateTimeOffset?)null).SetProperty(i => i.AvailableAt, app.Time.GetUtcNow().AddDays(3))));
        // Who does not hold it reports no progress.
        await app.ReadAsync(db => db.Set<WorkItem>().Where(i => i.LeasedByAgentId == null).ExecuteUpdateAsync(set => set
            .SetProperty(i => i.Progress, (short?)null)));
        app.Time.Advance(TimeSpan.FromSeconds(1));
        var before = await app.OrderAsync(leases[0].OrderId);
        before.Items.Select(i => (i.State, i.ReadyAt is null)).Should().Equal(
            (ItemState.Submitted, true), (ItemState.InProgress, true), (ItemState.Leased, true), (ItemState.Queued, false), (ItemState.Queued, true));

        var message = how == "reject" ? "Order rejected" : "Order cancelled";
        await (how == "reject"
            ? app.By(Reviewer).RejectAsync(before.Id, [new("no", "No.")])
            : app.By(Reviewer).CancelAsync(before.Id, "No."));

        var now = app.Time.GetUtcNow();
        var held = before.Items.Where(i => i.IsLeased).ToList();
        var (rejected, open) = (before.Items.First(), before.Items.Skip(1).ToList());
        foreach (var item in open)
        {
            WithoutLease(item).State = ItemState.Queued;
            item.BlockedBy = 1;
            item.ReadyAt = null;
            Written(item, now);
        }

        rejected.State = ItemState.Rejected;
        rejected.Error = (await app.ItemAsync(rejected.Id)).Error.Should().Contain("rejected").And.Subject;
        Written(rejected, now);
        before.ItemsOpen = 4;
        var reasons = (await app.OrderAsync(before.Id)).Events.Last().Payload;
        before = await ShouldBeAsync(
            app, Moved(before, OrderState.Rejected, now),
            [
                .. held.Select(i => Event("released", i, now, Reviewer, """{"previous_agent_id":"agent-1"}""", Revoked)),
                Event("rejected", rejected, now, Reviewer, message: message),
                Event("requeued", before, now, Engine, message: "Leases revoked"),
                Event("rejected", before, now, Reviewer, reasons, message),
            ]);

        app.Time.Advance(TimeSpan.FromDays(400));
        await RecoverAsync(app, "maintenance");
        await RecoverAsync(app, "checkout");
        await ShouldBeAsync(app, before, []);
    }

    [Theory, InlineData("maintenance"), InlineData("checkout")]
    public async Task An_item_whose_time_has_come(string by)
    {
        await using var app = await StartAsync(o => o.Retry.Backoff = Pause);
        await LeasedAsync(app, 2, 1, begun: false, out var leases);
        app.Time.Advance(TimeSpan.FromSeconds(121));
        await app.Maintenance.ReclaimExpiredAsync();
        var before = await app.OrderAsync(leases[0].OrderId);
        // A checkout of something else looks for all that is due every five seconds.
        var step = by == "maintenance" ? TimeSpan.FromMicroseconds(1) : TimeSpan.FromSeconds(5);
        app.Time.Advance((2 * Pause) - step);
        await RecoverAsync(app, by);
        before = await ShouldBeAsync(app, before, []);
        app.Time.Advance(step);

        await RecoverAsync(app, by);

        before.Items.First().ReadyAt = app.Time.GetUtcNow();
        before.Items.First().UpdatedAt = app.Time.GetUtcNow();
        await ShouldBeAsync(app, before, []);
    }

    [Theory, InlineData(null), InlineData(-10), InlineData(0), InlineData(10)]
    public async Task A_planned_item(int? delay)
    {
        var script = new Script();
        await using var app = await script.StartAsync(databases);
        app.Time.Advance(TimeSpan.FromMicroseconds(123_456));
        var now = app.Time.GetUtcNow();
        script.Plan = note => [new(note) { AvailableAt = delay is { } seconds ? now.AddSeconds(seconds) : null }];

        var order = await app.Requester.ProposeAsync(new Note("a"), new() { Priority = 7 });

        var item = (await app.OrderAsync(order.Id)).Items.Single();
        item.Detach().Should().BeEquivalentTo(new WorkItem
        {
            Id = item.Id, OrderId = order.Id, OrderType = "test.scripted", Type = "test.scripted", State = ItemState.Queued, Priority = 7, MaxAttempts = 2,
            AvailableAt = delay > 0 ? now.AddSeconds(10) : now, ReadyAt = delay > 0 ? null : now, Input = """{"text":"a"}""", CreatedAt = now, UpdatedAt = now,
        });
    }

    private async Task<ShopApp> StartAsync(Action<WorkManagerOptions>? options = null)
    {
        var app = await ShopApp.StartAsync(databases, null, o =>
        {
            o.Retry.Jitter = TimeSpan.Zero;
            options?.Invoke(o);
        });
        // All six digits that both databases keep.
        app.Time.Advance(TimeSpan.FromMicroseconds(123_456));
        return app;
    }

    /// <summary>An order whose items have something in every column that earlier work may have filled.</summary>
    private static async Task<WorkOrder> ProposeAsync(ShopApp app, int items, int maxAttempts = 5)
    {
        var order = await app.Requester.ProposeAsync(Batches.Payload(items), new() { Priority = 7 });
        await app.Database.ExecuteAsync(string.Create(CultureInfo.InvariantCulture,
            $$$"""
            UPDATE work_items SET attempts = 1, max_attempts = {{{maxAttempts}}}, progress = 40,
                result = '{"a":1}', assembled_result = '{}', result_hash = 'hash',
                parts_required = '["p"]', parts_state = '{"p":1}', error = '{"code":"old"}', submitted_at = '2026-02-01 10:00:00.123456',
                submitted_by_type = 'system', submitted_by_id = 'agent-0', submitted_for = 'user:0', accepted_at = '2026-02-02 10:00:00', revision = 7
            """));
        app.Time.Advance(TimeSpan.FromSeconds(3));
        return await app.OrderAsync(order.Id);
    }

    private static Task<WorkOrder> LeasedAsync(ShopApp app, int items, int leased, bool begun, int maxAttempts = 5) =>
        LeasedAsync(app, items, leased, begun, maxAttempts, []);

    private static Task<WorkOrder> LeasedAsync(ShopApp app, int items, int leased, bool begun, out List<WorkLease> leases) =>
        LeasedAsync(app, items, leased, begun, 5, leases = []);

    private static async Task<WorkOrder> LeasedAsync(ShopApp app, int items, int leased, bool begun, int maxAttempts, List<WorkLease> leases)
    {
        var order = await ProposeAsync(app, items, maxAttempts);
        leases.AddRange(await app.By(Agent).CheckoutManyAsync(leased));
        app.Time.Advance(TimeSpan.FromSeconds(3));
        if (begun)
        {
            await app.By(Agent).HeartbeatManyAsync([.. leases.Select(l => l.Token)]);
            app.Time.Advance(TimeSpan.FromSeconds(3));
        }

        return await app.OrderAsync(order.Id);
    }

    private static async Task BeatAsync(ShopApp app, WorkOrder order, int items)
    {
        if (items == 1)
        {
            await app.By(Agent).HeartbeatAsync(TokenOf(order.Items.First()));
        }
        else
        {
            (await app.By(Agent).HeartbeatManyAsync([.. order.Items.Select(TokenOf)])).Should().OnlyContain(o => o.Succeeded);
        }
    }

    /// <summary>Promotes and takes back: as a schedule does, or as a checkout that finds nothing.</summary>
    private static async Task RecoverAsync(ShopApp app, string by)
    {
        if (by == "maintenance")
        {
            await app.Maintenance.ReclaimExpiredAsync();
        }
        else
        {
            (await app.Agent("agent-2").CheckoutAsync<Echo>()).Should().BeNull();
        }
    }

    /// <summary>Compares all columns of an order, of its items and of the events that have come with the move.</summary>
    private async Task<WorkOrder> ShouldBeAsync(ShopApp app, WorkOrder expected, IReadOnlyList<WorkEvent> events, bool inAnyOrder = false)
    {
        var stored = await app.OrderAsync(expected.Id);
        using var all = new AssertionScope();
        stored.Should().BeEquivalentTo(expected, o => o.Excluding(w => w.Items).Excluding(w => w.Events));
        stored.Items.Select(i => i.Copy()).Should().BeEquivalentTo(expected.Items.Select(i => i.Copy()), o => o.WithStrictOrdering());

        var written = stored.Events.Skip(expected.Events.Count).ToList();
        written.Should().BeEquivalentTo(events, o =>
        {
            o = o.Excluding(e => e.Id).Excluding(e => e.TraceParent).Excluding(e => e.OperationId);
            return inAnyOrder ? o : o.WithStrictOrdering();
        });
        written.Should().OnlyContain(e => e.OperationId != null && e.OperationId == written[0].OperationId, "one call wrote them");
        written.Should().OnlyContain(e => e.TraceParent!.Contains(trace.TraceId.ToString(), StringComparison.Ordinal));
        return stored;
    }

    private static WorkEvent Event(string name, WorkOrder order, DateTimeOffset now, Actor by, string? payload = null, string? message = null) => new()
    {
        OrderId = order.Id, Event = name, ActorType = by.Type, ActorId = by.Id, OnBehalfOf = by.OnBehalfOf?.ToString(), Payload = payload, Message = message,
        ContentHash = AuditTrail.Digest(payload, null, message), CreatedAt = now,
    };

    private static WorkEvent Event(string name, WorkItem item, DateTimeOffset now, Actor by, string? payload = null, string? message = null)
    {
        var written = Event(name, new WorkOrder { Id = item.OrderId }, now, by, payload, message);
        written.ItemId = item.Id;
        written.LeaseEpoch = item.LeaseEpoch;
        return written;
    }

    private static WorkOrder Moved(WorkOrder order, OrderState to, DateTimeOffset now)
    {
        order.State = to;
        order.Revision++;
        order.LastTransitionedAt = now;
        order.UpdatedAt = now;
        return order;
    }

    private static void Written(WorkItem item, DateTimeOffset now)
    {
        item.UpdatedAt = now;
        item.Revision++;
    }

    private static WorkItem WithoutLease(WorkItem item)
    {
        item.LeasedByAgentId = null;
        item.LeaseExpiresAt = null;
        item.LastHeartbeatAt = null;
        item.LeasedAt = null;
        item.LeaseSeconds = null;
        item.Progress = null;
        return item;
    }

    private static LeaseToken TokenOf(WorkItem item) => new(item.Id, item.LeaseEpoch);

    private static string ExpiresAt(WorkItem item) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"lease_expires_at":"{{item.LeaseExpiresAt:yyyy-MM-ddTHH:mm:ss.ffffff}}+00:00"}""");

    private static string Expired(WorkItem item) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"attempts":{{item.Attempts}},"previous_agent_id":"agent-1"}""");

    private static BatchResult Result(int item) => new($"b{item + 1}", true, item + 1);

    private static string ResultText(int item) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"batchId":"b{{item + 1}}","processed":true,"count":{{item + 1}}}""");

    private static string CanonicalText(int item) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"batchId":"b{{item + 1}}","count":{{item + 1}},"processed":true}""");
}

public sealed class ItemQueueOnSqlite(SqliteFixture databases) : ItemQueueSpecification(databases), IOnSqlite;

public sealed class ItemQueueOnPostgreSql(PostgreSqlFixture databases) : ItemQueueSpecification(databases), IOnPostgreSql;
