using AwesomeAssertions;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Leasing;

/// <summary>Random calls of one tenant on the ids of another: each is answered as if the id did not exist, and no row changes.</summary>
public abstract class StrangerSpecification(DatabaseFixture databases)
{
    private const int Calls = 1_000;
    private const string Owner = "acme";
    private const string Stranger = "blue";

    private static readonly RejectionReason[] No = [new("no", "No.")];
    private static readonly WorkFailure Broken = new("broken", "It is.");
    private static readonly EchoResult[] Results = [new(true, true), new(true, false, "not good")];

    private static readonly Dictionary<string, Func<Call, Task<IReadOnlyList<string?>>>> Operations = new()
    {
        [nameof(IWorkOrderManager.CheckoutAsync)] = c => CodeOf(c.Agent.CheckoutAsync(new CheckoutRequest { OrderId = c.Order })),
        [nameof(IWorkOrderManager.CheckoutManyAsync)] = c => CodeOf(
            c.Agent.CheckoutManyAsync(5, new CheckoutRequest { OrderId = c.Order, Type = "test.echo" })),
        [nameof(IWorkOrderManager.HeartbeatAsync)] = c => CodeOf(c.Agent.HeartbeatAsync(c.Lease)),
        [nameof(IWorkOrderManager.ReportProgressAsync)] = c => CodeOf(c.Agent.ReportProgressAsync(c.Lease, 1)),
        [nameof(IWorkOrderManager.ReportProgressManyAsync)] =
            async c => Codes(await c.Agent.ReportProgressManyAsync([.. c.Leases.Select(l => new LeaseProgress(l, 1))])),
        [nameof(IWorkOrderManager.HeartbeatManyAsync)] = async c => Codes(await c.Agent.HeartbeatManyAsync([.. c.Leases.Select(l => l.Token)])),
        [nameof(IWorkOrderManager.ReleaseAsync)] = c => CodeOf(c.Agent.ReleaseAsync(c.Lease)),
        [nameof(IWorkOrderManager.ReleaseManyAsync)] = async c => Codes(await c.Agent.ReleaseManyAsync([.. c.Leases.Select(l => l.Token)])),
        [nameof(IWorkOrderManager.FailAsync)] = c => CodeOf(c.Agent.FailAsync(c.Lease, Broken with { Retryable = c.Flag })),
        [nameof(IWorkOrderManager.FailManyAsync)] = async c => Codes(await c.Agent.FailManyAsync(
            [.. c.Leases.Select(l => new FailedAttempt(l.Token, Broken with { Retryable = c.Flag }))])),
        [nameof(IWorkOrderManager.SubmitAsync)] = c => c.Flag
            ? CodeOf(c.Agent.SubmitAsync(c.Lease, c.Result))
            : CodeOf(c.Agent.SubmitAsync(c.Lease.Token, c.Result)),
        [nameof(IWorkOrderManager.SubmitManyAsync)] = async c => Codes(await c.Agent.SubmitManyAsync(
            [.. c.Leases.Select((l, i) => c.Flag ? new Submission<EchoResult>(l, Results[i % 2]) : new Submission<EchoResult>(l.Token, Results[i % 2]))])),
        [nameof(IWorkOrderManager.PreviewAsync)] = c => CodeOf(c.User.PreviewAsync(c.Order)),
        [nameof(IWorkOrderManager.ApproveAsync)] = c => CodeOf(c.User.ApproveAsync(c.Order)),
        [nameof(IWorkOrderManager.ApproveManyAsync)] = async c => Codes(await c.User.ApproveManyAsync([new(c.Order)])),
        [nameof(IWorkOrderManager.TakeReviewAsync)] = c => CodeOf(c.User.TakeReviewAsync(new() { OrderId = c.Order })),
        [nameof(IWorkOrderManager.SkipReviewAsync)] = c => CodeOf(Done(c.User.SkipReviewAsync(c.Order))),
        [nameof(IWorkOrderManager.DecideAsync)] = c => CodeOf(c.User.DecideAsync(c.Order, [ItemDecision.Accept(c.Lease.Item.Id)])),
        [nameof(IWorkOrderManager.RejectAsync)] = c => CodeOf(c.User.RejectAsync(c.Order, No)),
        [nameof(IWorkOrderManager.ReturnForReworkAsync)] = c => CodeOf(c.User.ReturnForReworkAsync(c.Order, No)),
        [nameof(IWorkOrderManager.RetryAsync)] = c => CodeOf(c.User.RetryAsync(c.Order)),
        [nameof(IWorkOrderManager.DeadLetterAsync)] = c => CodeOf(c.User.DeadLetterAsync(c.Order)),
        [nameof(IWorkOrderManager.CloneAsync)] = c => CodeOf(c.User.CloneAsync(c.Order)),
        [nameof(IWorkOrderManager.EditAsync)] = c => CodeOf(c.User.EditAsync(c.Lease.Item.Id, c.Result)),
        [nameof(IWorkOrderManager.ProposeReversalAsync)] = c => CodeOf(c.User.ProposeReversalAsync(c.Order)),
        [nameof(IWorkOrderManager.HoldAsync)] = c => CodeOf(c.User.HoldAsync(c.Order)),
        [nameof(IWorkOrderManager.ResumeAsync)] = c => CodeOf(c.User.ResumeAsync(c.Order)),
        [nameof(IWorkOrderManager.SetPriorityAsync)] = c => CodeOf(c.User.SetPriorityAsync(c.Order, 50)),
        [nameof(IWorkOrderManager.SetDueAtAsync)] = c => CodeOf(c.User.SetDueAtAsync(c.Order, DateTimeOffset.UnixEpoch)),
        [nameof(IWorkOrderManager.CancelAsync)] = c => CodeOf(c.User.CancelAsync(c.Order, null)),
        [nameof(IWorkOrderManager.GetAsync)] = c => CodeOf(c.User.GetAsync(c.Order)),
    };

    /// <summary>Operations that take no id.</summary>
    private static readonly string[] WithoutId =
    [
        nameof(IWorkOrderManager.As), nameof(IWorkOrderManager.In), nameof(IWorkOrderManager.ProposeAsync), nameof(IWorkOrderManager.ProposeManyAsync),
        nameof(IWorkOrderManager.ListAsync), nameof(IWorkOrderManager.PendingApprovalsAsync),
    ];

    [Fact]
    public void Every_operation_is_called() =>
        typeof(IWorkOrderManager).GetMethods().Select(m => m.Name).Distinct().Should().BeEquivalentTo([.. Operations.Keys, .. WithoutId]);

    [Fact]
    public async Task An_id_of_another_tenant_is_not_found_and_no_row_changes()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (orders, leases) = await FillAsync(app);
        var before = await Refusal.ReadAsync(app.Database);
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var answers = new Dictionary<string, int>();
        for (var i = 0; i < Calls; i++)
        {
            var (name, operation) = Operations.ElementAt(random.Next(Operations.Count));
            var some = random.GetItems(leases, random.Next(1, 6)).DistinctBy(l => l.Token).ToArray();
            // The names are those of the owners' own people: not even they are let in from another tenant.
            var call = new Call(
                By(app, Stranger, Actor.Agent("agent")), By(app, Stranger, Actor.User("reviewer")), orders[random.Next(orders.Length)], some,
                Results[random.Next(2)], random.Next(2) == 0);

            (await operation(call)).Should().NotBeEmpty().And.OnlyContain(code => code == "not_found", "{0}, call {1} of seed {2}", name, i, seed);

            answers[name] = answers.GetValueOrDefault(name) + 1;
        }

        answers.Should().HaveCount(Operations.Count);
        (await Refusal.ReadAsync(app.Database)).Should().Equal(before);
        // All of it was possible for the owner.
        await By(app, Owner, Actor.Agent("agent")).HeartbeatAsync(leases[0]);
        await By(app, Owner, Actor.Agent("agent")).SubmitAsync(leases[0], Results[0]);
    }

    /// <summary>Orders of one tenant in every state that a call can find, and leases on them.</summary>
    private static async Task<(Guid[] Orders, WorkLease[] Leases)> FillAsync(ShopApp app)
    {
        var agent = By(app, Owner, Actor.Agent("agent"));
        var requester = By(app, Owner, Actor.User("requester"));
        var orders = new List<Guid>();
        for (var i = 0; i < 12; i++)
        {
            orders.Add((await requester.ProposeAsync(new EchoPayload($"{i}"))).Id);
        }

        // Queued stay the last three.
        var leases = (await agent.CheckoutManyAsync(9)).ToArray();
        await agent.HeartbeatManyAsync([.. leases.Skip(3).Select(l => l.Token)]);
        await agent.SubmitManyAsync([.. leases.Skip(6).Select(l => new Submission<EchoResult>(l, Results[0]))]);
        await By(app, Owner, Actor.User("reviewer")).ApproveAsync(leases[8].OrderId);
        return ([.. orders], leases);
    }

    private static IWorkOrderManager By(ShopApp app, string tenant, Actor actor) =>
        app.Services.GetRequiredService<IWorkOrderManagerFactory>().Create(actor, tenant);

    private static IReadOnlyList<string?> Codes<T>(IReadOnlyList<WorkOutcome<T>> outcomes) => [.. outcomes.Select(o => o.Error?.Code)];

    private static async Task<IReadOnlyList<string?>> CodeOf<T>(Task<T> call)
    {
        try
        {
            await call;
            return [null];
        }
        catch (WorkManagerException refused)
        {
            return [refused.Code];
        }
    }

    private static async Task<bool> Done(Task call)
    {
        await call;
        return true;
    }

    private sealed record Call(IWorkOrderManager Agent, IWorkOrderManager User, Guid Order, WorkLease[] Leases, EchoResult Result, bool Flag)
    {
        public WorkLease Lease => Leases[0];
    }
}

public sealed class StrangerOnSqlite(SqliteFixture databases) : StrangerSpecification(databases), IOnSqlite;

public sealed class StrangerOnPostgreSql(PostgreSqlFixture databases) : StrangerSpecification(databases), IOnPostgreSql;
