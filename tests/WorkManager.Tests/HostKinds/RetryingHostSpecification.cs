using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>A host whose execution strategy tries again. What is tried twice is done once.</summary>
public abstract class RetryingHostSpecification(DatabaseFixture databases)
{
    protected const int Retries = 3;
    private static readonly EchoResult Good = new(true, true);

    [Theory]
    [InlineData(Fault.None)]
    [InlineData(Fault.Connecting)]
    [InlineData(Fault.Beginning)]
    [InlineData(Fault.Applying)]
    [InlineData(Fault.Disconnecting)]
    [InlineData(Fault.Saving)]
    [InlineData(Fault.Committing)]
    [InlineData(Fault.CommitAnswer)]
    public async Task An_apply_that_fails_once_on_the_way_is_there_once(Fault fault)
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults);
        var order = await ProposeAndSubmitAsync(app);

        faults.Arm(fault);
        var approved = await app.Reviewer.ApproveAsync(order.Id);

        faults.Thrown.Should().Be(fault == Fault.None ? 0 : 1);
        approved.State.Should().Be(OrderState.Completed);
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Completed);
        (await app.LedgerAsync(order.Id)).Should().Equal("once");
        (await CountAsync(app, "work_decisions")).Should().Be(1);
        (await app.EventsAsync(order.Id)).Should().Equal(
            "proposed", "planned", "leased", "checked_out", "in_progress", "submitted", "in_progress", "submitted",
            "approved", "applied", "accepted", "completed", "completed");
    }

    [Fact]
    public async Task An_apply_that_keeps_failing_is_reported_once_and_can_be_approved_again()
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults);
        var order = await ProposeAndSubmitAsync(app);

        faults.Arm(Fault.Applying, int.MaxValue);
        await FluentActions.Awaiting(() => app.Reviewer.ApproveAsync(order.Id)).Should().ThrowAsync<ApplyFailedException>();

        faults.Thrown.Should().Be(1 + Retries);
        (await app.LedgerAsync(order.Id)).Should().BeEmpty();
        (await app.EventsAsync(order.Id)).Count(e => e == "failed").Should().Be(1);
        (await app.OrderAsync(order.Id)).State.Should().Be(OrderState.Submitted);

        faults.Arm(Fault.None);
        (await app.Reviewer.ApproveAsync(order.Id)).State.Should().Be(OrderState.Completed);
        (await app.LedgerAsync(order.Id)).Should().Equal("once");
    }

    [Fact]
    public async Task A_failed_apply_is_recorded_once_although_the_record_got_no_answer()
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults);
        var order = await app.Requester.ProposeAsync(new DoomedPayload("never"));
        await app.Agent("agent").SubmitAsync((await app.Agent("agent").CheckoutAsync<Doomed>())!, Good);

        await FluentActions.Awaiting(() => app.Reviewer.ApproveAsync(order.Id)).Should().ThrowAsync<ApplyFailedException>();

        faults.Thrown.Should().Be(1);
        (await app.EventsAsync(order.Id)).Count(e => e == "failed").Should().Be(1);
    }

    [Theory]
    [InlineData(Fault.Connecting)]
    [InlineData(Fault.Beginning)]
    [InlineData(Fault.Committing)]
    [InlineData(Fault.CommitAnswer)]
    public async Task A_proposal_that_fails_once_on_the_way_is_there_once(Fault fault)
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults);

        faults.Arm(fault);
        var order = await app.Requester.ProposeAsync(new FaultyPayload("once"));

        faults.Thrown.Should().Be(1);
        (await CountAsync(app, "work_orders")).Should().Be(1);
        (await CountAsync(app, "work_items")).Should().Be(1);
        (await CountAsync(app, "work_provenances")).Should().Be(1);
        (await app.EventsAsync(order.Id)).Should().Equal("proposed", "planned");
        (await app.OrderAsync(order.Id)).Items.Select(i => i.Id).Should().Equal(order.Items.Select(i => i.Id));
    }

    [Fact]
    public async Task A_proposal_inside_the_hosts_own_use_of_the_strategy_is_there_once()
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults);

        faults.Arm(Fault.CommitAnswer);
        await app.ReadAsync(db => db.Database.CreateExecutionStrategy().ExecuteAsync(() => app.Requester.ProposeAsync(new FaultyPayload("once"))));

        faults.Thrown.Should().Be(1);
        (await CountAsync(app, "work_orders")).Should().Be(1);
    }

    [Theory]
    [InlineData(Fault.Connecting)]
    [InlineData(Fault.Beginning)]
    [InlineData(Fault.Committing)]
    [InlineData(Fault.CommitAnswer)]
    public async Task A_submit_that_fails_once_on_the_way_is_there_once(Fault fault)
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults);
        var order = await app.Requester.ProposeAsync(new FaultyPayload("once"));
        var lease = (await app.Agent("agent").CheckoutAsync<Faulty>())!;

        faults.Arm(fault);
        var item = await app.Agent("agent").SubmitAsync(lease, Good);

        faults.Thrown.Should().Be(1);
        item.State.Should().Be(ItemState.Submitted);
        var stored = await app.OrderAsync(order.Id);
        stored.State.Should().Be(OrderState.Submitted);
        stored.ItemsOpen.Should().Be(0);
        stored.Items.Single().Revision.Should().Be(item.Revision);
        stored.Events.Count(e => e.Event == "submitted").Should().Be(2, "one of the item, one of the order");
    }

    [Fact]
    public async Task A_reject_whose_commit_gets_no_answer_is_decided_once()
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults);
        var order = await app.Requester.ProposeAsync(new FaultyPayload("once"));

        faults.Arm(Fault.CommitAnswer);
        var rejected = await app.Reviewer.RejectAsync(order.Id, [new("wrong", "Not like this.")]);

        faults.Thrown.Should().Be(1);
        rejected.State.Should().Be(OrderState.Rejected);
        (await CountAsync(app, "work_decisions")).Should().Be(1);
        (await app.EventsAsync(order.Id)).Should().Equal("proposed", "planned", "rejected");
    }

    [Fact]
    public async Task A_claim_whose_commit_gets_no_answer_is_a_lease_that_runs_out()
    {
        var faults = new Faults();
        await using var app = await StartAsync(faults, SerializableByDefault);
        var order = await app.Requester.ProposeAsync(new FaultyPayload("once"));

        faults.Arm(Fault.CommitAnswer);
        (await app.Agent("agent").CheckoutAsync()).Should().BeNull();

        faults.Thrown.Should().Be(1);
        (await app.EventsAsync(order.Id)).Count(e => e == "leased").Should().Be(1);
        app.Time.Advance(TimeSpan.FromSeconds(121));
        (await app.Maintenance.ReclaimExpiredAsync()).Should().Be(1);
        app.Time.Advance(TimeSpan.FromMinutes(2));
        (await app.Agent("agent").CheckoutAsync())!.Token.Epoch.Should().Be(2);
    }

    /// <summary>
    /// What makes a session's transactions stronger than those of the engine, so that even what is a statement alone otherwise needs one of its own.
    /// </summary>
    private protected virtual string SerializableByDefault => "";

    /// <summary>Points a context at a database, with an execution strategy that tries again.</summary>
    private protected abstract void Configure(DbContextOptionsBuilder options, string connectionString);

    private async Task<ShopApp> StartAsync(Faults faults, string session = "")
    {
        var database = await databases.CreateAsync(ShopApp.Migrated);
        return ShopApp.On(
            database,
            builder =>
            {
                builder.Services.AddSingleton(faults);
                builder.AddOrderType<Faulty>().AddOrderType<Doomed>();
            },
            context: options =>
            {
                Configure(options, database.ConnectionString + session);
                options.AddInterceptors(faults);
            });
    }

    private static async Task<WorkOrder> ProposeAndSubmitAsync(ShopApp app)
    {
        var order = await app.Requester.ProposeAsync(new FaultyPayload("once"));
        var lease = await app.Agent("agent").CheckoutAsync<Faulty>();
        await app.Agent("agent").SubmitAsync(lease!, Good);
        return order;
    }

    private static async Task<long> CountAsync(ShopApp app, string table) => (long)(await app.Database.ScalarAsync($"SELECT count(*) FROM {table}"))!;

    private sealed record FaultyPayload(string Text);

    private sealed record DoomedPayload(string Text);

    /// <summary>Its apply fails for good, and the next commit gets no answer.</summary>
    [OrderType("test.doomed")]
    private sealed class Doomed(Faults faults) : OrderType<DoomedPayload, EchoResult>
    {
        protected override Task ApplyAsync(ApplyContext<DoomedPayload, DoomedPayload, EchoResult> apply, CancellationToken cancellationToken)
        {
            faults.Arm(Fault.CommitAnswer);
            throw new InvalidOperationException("This cannot be applied.");
        }
    }

    /// <summary>Its apply fails after it has written.</summary>
    [OrderType("test.faulty")]
    private sealed class Faulty(ShopContext db, Faults faults) : OrderType<FaultyPayload, EchoResult>
    {
        protected override async Task ApplyAsync(ApplyContext<FaultyPayload, FaultyPayload, EchoResult> apply, CancellationToken cancellationToken)
        {
            db.Ledger.Add(new LedgerEntry { OrderId = apply.OrderId, Text = apply.Payload.Text });
            await db.SaveChangesAsync(cancellationToken);
            faults.Hit(Fault.Applying);
            if (faults.Take(Fault.Disconnecting))
            {
                if (db.Database.IsNpgsql())
                {
                    await db.Database.ExecuteSqlRawAsync("SELECT pg_terminate_backend(pg_backend_pid())", cancellationToken);
                }

                await db.Database.GetDbConnection().CloseAsync();
                throw new TimeoutException("The connection is gone.");
            }
        }
    }
}

public sealed class RetryingHostOnSqlite(SqliteFixture databases) : RetryingHostSpecification(databases), IOnSqlite
{
    private protected override void Configure(DbContextOptionsBuilder options, string connectionString) =>
        options.UseSqlite(connectionString, sqlite => sqlite.ExecutionStrategy(dependencies => new AgainAfterTimeout(dependencies)));

    private sealed class AgainAfterTimeout(ExecutionStrategyDependencies dependencies) : ExecutionStrategy(dependencies, Retries, TimeSpan.FromMilliseconds(1))
    {
        protected override bool ShouldRetryOn(Exception exception) => exception is TimeoutException;
    }
}

public sealed class RetryingHostOnPostgreSql(PostgreSqlFixture databases) : RetryingHostSpecification(databases), IOnPostgreSql
{
    private protected override string SerializableByDefault => ";Options=-c default_transaction_isolation=serializable";

    private protected override void Configure(DbContextOptionsBuilder options, string connectionString) =>
        options.UseNpgsql(connectionString, npgsql => npgsql.EnableRetryOnFailure(Retries, TimeSpan.FromMilliseconds(1), null));
}
