using AwesomeAssertions;
using WorkManager.Tests.Plans;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Docs;

/// <summary>The performance guide says what each operation sends: it is what it sends.</summary>
public abstract class PerformanceGuideSpecification(DatabaseFixture databases)
{
    [Fact]
    public async Task The_guide_counts_the_statements_of_each_operation()
    {
        await using var app = await ShopApp.StartAsync(databases);
        // The first call of all looks at the schema, too.
        await app.Requester.ListAsync();
        var sent = new List<(string Operation, int Statements, int RoundTrips)>();
        async Task<T> CountAsync<T>(string operation, Func<Task<T>> call)
        {
            using var commands = new SentCommands(app.Database);
            var result = await call();
            sent.Add((operation, commands.Statements, commands.RoundTrips));
            return result;
        }

        var order = await CountAsync("propose", () => app.ProposeEchoAsync());
        var agent = app.Agent("agent-1");
        var lease = await CountAsync("checkout", () => app.LeaseAsync());
        await CountAsync("heartbeat", () => agent.HeartbeatAsync(lease));
        await CountAsync("release", () => agent.ReleaseAsync(lease));
        lease = await app.LeaseAsync();
        await CountAsync("fail", () => agent.FailAsync(lease, new WorkFailure("broken", "It is.") { RetryAfter = TimeSpan.Zero }));
        lease = await app.LeaseAsync();
        await CountAsync("submit, by the lease", () => agent.SubmitAsync(lease, Steps.Verified));
        await CountAsync("approve", () => app.Reviewer.ApproveAsync(order.Id));
        await CountAsync("get", () => app.Requester.GetAsync(order.Id));

        await app.ProposeEchoAsync();
        lease = await app.LeaseAsync();
        await CountAsync("submit, by the token", () => agent.SubmitAsync(lease.Token, Steps.Verified));
        await CountAsync("preview", () => app.Reviewer.PreviewAsync(lease.Item.OrderId));
        order = await app.SubmittedEchoAsync();
        var hash = (await app.Reviewer.PreviewAsync(order.Id)).ContentHash;
        await CountAsync("approve, by a hash", () => app.Reviewer.ApproveAsync(order.Id, hash));
        order = await app.ProposeEchoAsync();
        await CountAsync("reject", () => app.Reviewer.RejectAsync(order.Id, [new RejectionReason("no", "No.")]));
        await CountAsync("checkout of nothing", () => agent.CheckoutAsync());

        var isServer = databases.Provider == Provider.PostgreSql;
        var said = MarkdownPage.Read("docs/guides/performance.md").Table("Operation")
            .Select(row => $"{row[0]}: {row[isServer ? 1 : 2]}, {(isServer ? row[3] : "–")}");
        said.Should().BeEquivalentTo(sent.Select(s => $"{s.Operation}: {s.Statements}, {(isServer ? s.RoundTrips : "–")}"));
    }
}

public sealed class PerformanceGuideOnSqlite(SqliteFixture databases) : PerformanceGuideSpecification(databases), IOnSqlite;

public sealed class PerformanceGuideOnPostgreSql(PostgreSqlFixture databases) : PerformanceGuideSpecification(databases), IOnPostgreSql;
