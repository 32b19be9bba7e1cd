using System.Collections.Concurrent;
using System.Globalization;
using AwesomeAssertions;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Model;

/// <summary>Random sequences of calls by many actors: the library on a database answers as the model does, and ends where the model ends.</summary>
/// <remarks>
/// <c>WORKMANAGER_MODEL_SEQUENCES=5000</c> runs more of them. A failure prints the shortest sequence found as code,
/// and its seed: <c>CsCheck_Seed=…</c> runs it again.
/// </remarks>
public abstract class ModelSpecification(DatabaseFixture databases, ITestOutputHelper output)
{
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("WORKMANAGER_MODEL_SEQUENCES") ?? "50", CultureInfo.InvariantCulture);

    private readonly ConcurrentDictionary<string, int> answers = [];
    private readonly ConcurrentDictionary<bool, ConcurrentBag<Stage>> stages = [];
    private int cutShort;
    private int wentOn;
    private int failedWithAnother;

    [Fact, Trait("Promise", "P20")]
    public async Task Any_sequence_of_calls_is_answered_as_the_model_says()
    {
        await Sequences.OneByOne.SampleAsync(
            sequence => OnStageAsync(sequence.IsLimited, stage => PlayAsync(stage, sequence)),
            iter: Count, threads: 2, writeLine: output.WriteLine, print: Sequences.Print);

        output.WriteLine($"{Count} sequences on {databases.Provider}, answers:");
        answers.OrderBy(a => a.Key).ToList().ForEach(a => output.WriteLine($"{a.Value,6} {a.Key}"));
        output.WriteLine($"{cutShort,6} checkouts cut short by limits");
        output.WriteLine($"{wentOn,6} orders went on after another, {failedWithAnother} failed with it");
        if (Count >= 50)
        {
            answers.Keys.Should().Contain(Count < 1000 ? MetOften : [.. MetOften, .. MetInLongRuns], "a model that is never asked proves nothing");
            cutShort.Should().BePositive("limits that nobody meets prove nothing");
            wentOn.Should().BePositive("orders that nobody waits for prove nothing");
        }

        if (Count >= 1000)
        {
            failedWithAnother.Should().BePositive("orders that never fail with another prove nothing");
        }
    }

    [Fact]
    public async Task Calls_at_once_are_answered_as_if_they_came_in_some_order()
    {
        await Sequences.AtOnce.SampleAsync(
            race => OnStageAsync(race.IsLimited, stage => PlayAsync(stage, race)),
            iter: Count, threads: 2, writeLine: output.WriteLine, print: Sequences.Print);
        output.WriteLine($"{Count} races on {databases.Provider}");
    }

    // Each of them comes ten times and more in 50 sequences, in as many calls: that one never comes is no accident. What a call about many brings comes many
    // times, and in few calls.
    private static readonly string[] MetOften =
    [
        "Propose", "CheckOut", "CheckOut nothing", "Heartbeat", "Heartbeat lease_lost NotLeased", "Submit", "Submit lease_lost NotLeased",
        "Approve order_not_ready", "ApproveDue", "Heartbeat not_found", "Submit not_found", "Approve not_found", "CheckOut not_found", "Decide",
    ];

    // Each of them comes a few times in some hundred sequences, and may be missed by fewer.
    private static readonly string[] MetInLongRuns =
    [
        "Propose validation_failed", "CheckOut validation_failed", "Release", "Release lease_lost NotLeased", "Submit lease_lost Superseded", "Submit lease_lost Expired", "Approve",
        "Approve approval_denied Agent", "Approve illegal_transition", "HeartbeatMany", "ReleaseMany", "SubmitMany", "SubmitMany validation_failed",
        "Reject", "Reclaim", "Look", "Release not_found", "Cancel not_found", "Propose already_open", "Propose dependency_failed",
        "Retry dependency_failed", "Preview", "ApproveSeen", "ApproveSeen stale_review", "Approve content_hash_required", "Edit", "Edit illegal_transition",
        "Decide illegal_transition", "Decide not_found", "Decide stale_review", "Decide validation_failed",
        "Decide approval_denied Agent", "Decide approval_denied Self", "ApproveSeen approval_denied SecondApprover",
        "ProposeMany", "SubmitMany lease_lost NotLeased", "HeartbeatMany not_found", "SubmitMany not_found",
    ];

    private async Task PlayAsync(Stage stage, Sequence sequence)
    {
        var model = new WorkModel(stage.Limits);
        var real = await stage.ClearAsync();
        await PlayAsync(model, real, sequence.Commands);
        await CompareAsync(real, model.Views);
        Interlocked.Add(ref cutShort, model.CutShort);
        Interlocked.Add(ref wentOn, model.WentOn);
        Interlocked.Add(ref failedWithAnother, model.FailedWithAnother);
    }

    private async Task PlayAsync(WorkModel model, RealShop real, IReadOnlyList<Command> commands)
    {
        foreach (var (command, i) in commands.Select((command, i) => (command, i)))
        {
            var number = model.OrderCount * 10;
            var expected = model.Do(command, number);
            var actual = (await real.DoAsync(command, number))();
            actual.ToString().Should().Be(expected.ToString(), "that is the answer to command {0}, {1}", i, command);
            foreach (var part in actual.Parts.DefaultIfEmpty(actual))
            {
                var kind = part.Code is not null ? $" {part.Code} {part.Text}" : command is CheckOut && part.Grants.Count == 0 ? " nothing" : "";
                answers.AddOrUpdate($"{command.GetType().Name}{kind}".Trim(), 1, (_, n) => n + 1);
            }
        }
    }

    private async Task PlayAsync(Stage stage, Race race)
    {
        var model = new WorkModel(stage.Limits);
        var real = await stage.ClearAsync();
        await PlayAsync(model, real, race.Before);

        var lost = model.Expired;
        var number = 0;
        var calls = race.AtOnce.Select(line => line.Select(command => (Command: command, Number: number += 1000)).ToList()).ToList();
        var answered = (await Task.WhenAll(calls.Select(line => Task.Run(() => CallAsync(real, line))))).Select(line => line.ToList()).ToList();
        await real.DoAsync(new Reclaim(), 0, keep: false);

        var views = await real.ViewsAsync();
        var end = Loosely(views, lost);
        Linearization.Exists(model, answered, m =>
        {
            m.Do(new Reclaim(), 0, keep: false);
            return Loosely(m.Views, lost) == end;
        }).Should().BeTrue(
            "some order of the calls explains the answers{0}{1}{0}and the end{0}{2}",
            Environment.NewLine, string.Join(Environment.NewLine, answered.SelectMany((line, i) => line.Select(a => $"{i}: {a.Command} -> {a.Answer}"))), end);
        foreach (var order in await real.OrdersAsync())
        {
            Replay.Check(order);
        }
    }

    private static async Task<IEnumerable<Answered>> CallAsync(RealShop real, IEnumerable<(Command Command, int Number)> line)
    {
        var said = new List<(Command Command, int Number, Func<Answer> Answer)>();
        foreach (var (command, number) in line)
        {
            said.Add((command, number, await real.DoAsync(command, number, keep: false)));
        }

        return said.Select(s => new Answered(s.Command, s.Number, s.Answer()));
    }

    private static async Task CompareAsync(RealShop real, IReadOnlyList<OrderView> expected)
    {
        Text(await real.ViewsAsync()).Should().Be(Text(expected), "the database ends where the model ends");
        foreach (var order in await real.OrdersAsync())
        {
            Replay.Check(order);
        }
    }

    private static string Text(IEnumerable<OrderView> views) => string.Join(Environment.NewLine, views);

    private static readonly string[] StatesThatMayDiffer = ["checked_out", "in_progress", "requeued"];

    /// <summary>
    /// Without what may differ between calls at once: which of its three live states an order shows, and how an item came back whose lease had run out before.
    /// </summary>
    private static string Loosely(IEnumerable<OrderView> views, IReadOnlySet<ItemName> lost) => Text(views.OrderBy(v => v.Number).Select(v => v with
    {
        State = v.State is OrderState.CheckedOut or OrderState.InProgress ? OrderState.Queued : v.State,
        Events = [.. v.Events.Where(e => !StatesThatMayDiffer.Any(s => e.StartsWith(s, StringComparison.Ordinal)))],
        Items = [.. v.Items.Select(
            (item, i) => lost.Contains(new ItemName(v.Number, i)) && item.Available is null ? item with { Attempts = 0, Events = [] } : item)],
    }));

    private async Task OnStageAsync(bool isLimited, Func<Stage, Task> play)
    {
        var free = stages.GetOrAdd(isLimited, _ => []);
        if (!free.TryTake(out var stage))
        {
            var (host, limits) = (new HostState(), isLimited ? Limits.Low : null);
            stage = new Stage(await ShopApp.StartAsync(databases, builder => Cast.Register(builder, host), options => Cast.Configure(options, limits)), host, limits);
        }

        try
        {
            await play(stage);
        }
        finally
        {
            free.Add(stage);
        }
    }

    /// <summary>An application whose tables are emptied for each sequence.</summary>
    private sealed record Stage(ShopApp App, HostState Host, Limits? Limits)
    {
        public async Task<RealShop> ClearAsync()
        {
            Host.Fails = false;
            await App.ReadAsync(async db =>
            {
                await db.Set<WorkEvent>().ExecuteDeleteAsync();
                await db.Set<WorkProvenance>().ExecuteDeleteAsync();
                await db.Set<WorkOrderDependency>().ExecuteDeleteAsync();
                // The last sequence's: a decision or a provenance row of another tenant than its order.
                (await db.Set<WorkDecision>().CountAsync(d => db.Set<WorkOrder>().Any(o => o.Id == d.OrderId && o.TenantId != d.TenantId))).Should().Be(0);
                (await db.Set<WorkProvenance>().CountAsync(p => db.Set<WorkOrder>().Any(o => o.Id == p.OrderId && o.TenantId != p.TenantId))).Should().Be(0);
                await db.Database.ExecuteSqlAsync($"DELETE FROM work_decisions");
                await db.Set<WorkOrder>().ExecuteDeleteAsync();
                return await db.Ledger.ExecuteDeleteAsync();
            });
            // The model begins when a checkout has just looked for what is due.
            App.Time.Advance(TimeSpan.FromSeconds(5));
            (await App.Agent("clock").CheckoutAsync()).Should().BeNull();
            return new RealShop(App, Host);
        }
    }
}

public sealed class ModelOnSqlite(SqliteFixture databases, ITestOutputHelper output) : ModelSpecification(databases, output), IOnSqlite;

public sealed class ModelOnPostgreSql(PostgreSqlFixture databases, ITestOutputHelper output) : ModelSpecification(databases, output), IOnPostgreSql;
