using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Proposing;

/// <summary>Generators find work, and it is proposed.</summary>
public abstract class GenerateOrdersSpecification(DatabaseFixture databases)
{
    [Fact, Trait("Bug", "B70"), Trait("Scenario", "S63")]
    public async Task What_generators_find_is_proposed_and_one_that_throws_does_not_stop_the_others()
    {
        using var sink = new LogSink();
        var finds = new Finds();
        await using var app = await StartAsync(finds, sink);
        var options = new ProposeOptions { Priority = 7, Meta = new JsonObject { ["shelf"] = 3 } };
        finds.First.AddRange([new(new EchoPayload("one"), options), new(new EchoPayload("")), new(new EchoPayload("two"))]);
        finds.Broken.Add(new(new EchoPayload("found before it broke")));
        finds.Last.Add(new(JsonSerializer.SerializeToElement(new { message = "as JSON" })) { Type = "test.echo" });

        var result = await app.Maintenance.GenerateAsync();

        (result.Proposed, result.AlreadyOpen, result.OrderIds.Count).Should().Be((4, 0, 4));
        result.Failures.Select(f => (f.Generator, f.Error is WorkManagerException refused ? refused.Code : f.Error.Message)).Should().Equal(
            ("First", "validation_failed"), ("shelves", "The shelf is gone."));
        sink.Entries.Count(e => e.Event == "GeneratorFailed").Should().Be(1);
        var orders = await app.ReadAsync(db => db.Set<WorkOrder>().AsNoTracking().Include(o => o.Provenances).OrderBy(o => o.Id).ToListAsync());
        orders.Select(o => o.Id).Should().Equal(result.OrderIds);
        orders.Select(o => o.ReadPayload<EchoPayload>().Message).Should().Equal("one", "two", "found before it broke", "as JSON");
        orders.Should().OnlyContain(o => o.RequestedByType == ActorType.System && o.RequestedById == "scheduler" && o.State == OrderState.Queued);
        (orders[0].Priority, JsonNode.Parse(orders[0].Meta!)!.ToJsonString()).Should().Be(((short)7, """{"shelf":3}"""));
        orders.Select(o => o.Provenance!.Extra).Should().Equal(
            """{"generator":"First"}""", """{"generator":"First"}""", """{"generator":"shelves"}""", """{"generator":"Last"}""");
    }

    [Fact, Trait("Bug", "B69"), Trait("Scenario", "S63")]
    public async Task A_dry_run_writes_nothing_and_counts_right()
    {
        var finds = new Finds();
        await using var app = await StartAsync(finds);
        await app.Requester.ProposeAsync(new EchoPayload("open"), new() { UniqueKey = "taken" });
        finds.First.AddRange(
        [
            new(new EchoPayload("one"), new() { UniqueKey = "a" }), new(new EchoPayload("again"), new() { UniqueKey = "a" }), new(new EchoPayload("taken"), new() { UniqueKey = "taken" }),
            new(Batches.Payload(2), new() { UniqueKey = "taken" }), new(new EchoPayload("")), new(new EchoPayload("two")),
        ]);
        var rows = await Refusal.ReadAsync(app.Database);

        var dry = await app.Maintenance.GenerateAsync(dryRun: true);

        (await Refusal.ReadAsync(app.Database)).Should().Equal(rows);
        (dry.Proposed, dry.AlreadyOpen, dry.OrderIds.Count).Should().Be((3, 2, 0));
        var real = await app.Maintenance.GenerateAsync();
        (real.Proposed, real.AlreadyOpen, real.OrderIds.Count).Should().Be((3, 2, 3));
        dry.Failures.Select(f => f.Error.Message).Should().Equal(real.Failures.Select(f => f.Error.Message));
    }

    [Fact]
    public async Task The_same_work_is_not_proposed_twice_while_it_is_open()
    {
        var finds = new Finds();
        await using var app = await StartAsync(finds);
        var key = new ProposeOptions { UniqueKey = "product/1", Priority = 10 };
        finds.First.Add(new(new EchoPayload("one"), key));
        var first = await app.Maintenance.GenerateAsync();

        var again = await app.Maintenance.GenerateAsync();
        finds.First[0] = new(new EchoPayload("one"), key with { Priority = 60, IfOpen = OpenOrder.RaisePriority });
        var raised = await app.Maintenance.GenerateAsync();

        new[] { again, raised }.Should().OnlyContain(r => r.Proposed == 0 && r.AlreadyOpen == 1 && r.OrderIds.Count == 0);
        (await app.OrderAsync(first.OrderIds.Single())).Priority.Should().Be(60);
        await app.Requester.CancelAsync(first.OrderIds.Single());
        (await app.Maintenance.GenerateAsync()).Proposed.Should().Be(1);
    }

    [Fact]
    public async Task More_than_a_batch_is_found_and_each_order_belongs_to_its_tenant()
    {
        var finds = new Finds();
        await using var app = await StartAsync(finds);
        finds.First.AddRange(Enumerable.Range(0, 205).Select(i => new GeneratedOrder(new EchoPayload($"{i}")) { TenantId = i % 2 == 0 ? null : "other" }));

        var result = await app.Maintenance.As(Actor.User("olga")).GenerateAsync();

        result.Proposed.Should().Be(205);
        var tenants = await app.ReadAsync(db => db.Set<WorkOrder>().GroupBy(o => o.TenantId).Select(g => new { g.Key, Count = g.Count() }).ToListAsync());
        tenants.Select(t => (t.Key, t.Count)).Should().BeEquivalentTo([("", 103), ("other", 102)]);
        (await app.OrderAsync(result.OrderIds[0])).RequestedById.Should().Be("olga");
    }

    [Fact]
    public async Task An_order_that_cannot_be_stored_does_not_take_its_batch_with_it()
    {
        var finds = new Finds();
        await using var app = await StartAsync(finds);
        await app.Database.ExecuteAsync(databases.Provider == Provider.Sqlite
            ? "CREATE TRIGGER refuse BEFORE INSERT ON work_orders WHEN NEW.payload LIKE '%forbidden%' BEGIN SELECT RAISE(ABORT, 'The host says no.'); END"
            : """
              CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                  $$ BEGIN IF NEW.payload::text LIKE '%forbidden%' THEN RAISE EXCEPTION 'The host says no.'; END IF; RETURN NEW; END $$;
              CREATE TRIGGER refuse BEFORE INSERT ON work_orders FOR EACH ROW EXECUTE FUNCTION refuse();
              """);
        finds.First.AddRange(
        [
            new(new EchoPayload("one")), new(new EchoPayload("forbidden")), new(new EchoPayload("far")) { TenantId = new string('x', 65) },
            new(new EchoPayload("two"), new() { UniqueKey = "k", IfOpen = OpenOrder.RaisePriority }),
            new(new EchoPayload("two again"), new() { UniqueKey = "k", IfOpen = OpenOrder.RaisePriority }),
        ]);

        var result = await app.Maintenance.GenerateAsync();

        (result.Proposed, result.AlreadyOpen, result.OrderIds.Distinct().Count()).Should().Be((2, 1, 2));
        result.Failures.Should().HaveCount(2);
        result.Failures.Should().Contain(f => (f.Error as WorkManagerException)!.Code == "validation_failed")
            .And.Contain(f => (f.Error as WorkManagerException)!.Code == "store_refused" && f.Error.GetBaseException().Message.Contains("The host says no.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_generator_may_change_what_it_has_given_and_may_fail_at_its_end()
    {
        var finds = new Finds();
        await using var app = await ShopApp.StartAsync(
            databases, builder => builder.AddGenerator<Reader>().AddGenerator<Last>().Services.AddSingleton(finds));
        finds.Last.Add(new(new EchoPayload("last")));

        var result = await app.Maintenance.GenerateAsync();

        result.Proposed.Should().Be(3);
        result.Failures.Select(f => (f.Generator, (f.Error as WorkManagerException)?.Code)).Should().Equal(
            (nameof(Reader), "validation_failed"), (nameof(Reader), null));
        var orders = await app.ReadAsync(db => db.Set<WorkOrder>().AsNoTracking().OrderBy(o => o.Id).ToListAsync());
        orders.Select(o => o.ReadPayload<EchoPayload>().Message).Should().Equal("line 1", "line 2", "last");
        orders.Take(2).Select(o => JsonNode.Parse(o.Meta!)!["line"]!.GetValue<string>()).Should().Equal("line 1", "line 2");
    }

    [Fact]
    public async Task Without_generators_there_is_nothing_to_do()
    {
        await using var app = await ShopApp.StartAsync(databases);

        var result = await app.Maintenance.GenerateAsync();

        (result.Proposed, result.AlreadyOpen, result.Failures.Count).Should().Be((0, 0, 0));
    }

    private Task<ShopApp> StartAsync(Finds finds, LogSink? sink = null) => ShopApp.StartAsync(databases, builder =>
    {
        builder.AddGenerator<First>().AddGenerator<BrokenGenerator>().AddGenerator<Last>().AddGenerator<First>().Services.AddSingleton(finds);
        if (sink is not null)
        {
            builder.Services.AddLogging(l => l.AddProvider(sink));
        }
    });

    private static async IAsyncEnumerable<GeneratedOrder> YieldAsync(List<GeneratedOrder> orders, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var order in orders)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return order;
        }
    }

    /// <summary>What the generators find in one test.</summary>
    public sealed class Finds
    {
        public List<GeneratedOrder> First { get; } = [];

        public List<GeneratedOrder> Broken { get; } = [];

        public List<GeneratedOrder> Last { get; } = [];
    }

    public sealed class First(Finds finds) : IWorkGenerator
    {
        public IAsyncEnumerable<GeneratedOrder> FindWorkAsync(CancellationToken cancellationToken) => YieldAsync(finds.First, cancellationToken);
    }

    public sealed class BrokenGenerator(Finds finds, ShopContext db) : IWorkGenerator
    {
        public string Name => "shelves";

        public async IAsyncEnumerable<GeneratedOrder> FindWorkAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await db.Customers.CountAsync(cancellationToken);
            foreach (var order in finds.Broken)
            {
                yield return order;
                throw new InvalidOperationException("The shelf is gone.");
            }
        }
    }

    /// <summary>Gives documents that it disposes of, and cannot be disposed of itself.</summary>
    public sealed class Reader : IWorkGenerator, IDisposable
    {
        public async IAsyncEnumerable<GeneratedOrder> FindWorkAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var meta = new JsonObject();
            foreach (var line in new[] { "line 1", "line 2" })
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                using var document = JsonDocument.Parse($$"""{"message":"{{line}}"}""");
                meta["line"] = line;
                yield return new GeneratedOrder(document.RootElement, new() { Meta = meta }) { Type = "test.echo" };
            }

            yield return new GeneratedOrder(default(JsonElement)) { Type = "test.echo" };
        }

        public void Dispose() => throw new InvalidOperationException("It is stuck.");
    }

    public sealed class Last(Finds finds) : IWorkGenerator
    {
        public IAsyncEnumerable<GeneratedOrder> FindWorkAsync(CancellationToken cancellationToken) => YieldAsync(finds.Last, cancellationToken);
    }
}

public sealed class GenerateOrdersOnSqlite(SqliteFixture databases) : GenerateOrdersSpecification(databases), IOnSqlite;

public sealed class GenerateOrdersOnPostgreSql(PostgreSqlFixture databases) : GenerateOrdersSpecification(databases), IOnPostgreSql;
