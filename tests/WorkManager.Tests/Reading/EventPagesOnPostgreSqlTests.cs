using System.Buffers.Text;
using System.Text;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.Reading;

/// <summary>On PostgreSQL an event gets its id before its transaction commits. SQLite has one writer at a time.</summary>
public sealed class EventPagesOnPostgreSqlTests(PostgreSqlFixture databases) : IClassFixture<PostgreSqlFixture>
{
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task Pages_of_events_skip_nothing_that_commits_while_they_are_read(int limit)
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(3));
        var agent = app.Agent("agent-1");
        var lease = (await agent.CheckoutAsync())!;
        await using var scope = app.NewScope();

        // The submit has its ids, and the claim after it is committed before it.
        var submit = await BeginAsync(scope);
        await SubmitAsync(scope, lease);
        (await agent.CheckoutAsync()).Should().NotBeNull();
        var page = await ListAsync(app.NewScope(), order.Id, limit, null);
        List<WorkEvent> seen = [.. page.Items];
        await submit.CommitAsync();
        (await agent.CheckoutAsync()).Should().NotBeNull();
        while (page.Next is not null)
        {
            page = await ListAsync(app.NewScope(), order.Id, limit, page.Next);
            seen.AddRange(page.Items);
        }

        var ids = await app.ReadAsync(db => db.Set<WorkEvent>().OrderBy(e => e.Id).Select(e => e.Id).ToListAsync());
        seen.Select(e => e.Id).Order().Should().Equal(ids);
        seen.Select(e => e.Event).Should().Equal(
            "proposed", "planned", "leased", "checked_out", "leased", "in_progress", "submitted", "in_progress", "leased");
        seen.Should().NotBeInAscendingOrder(e => e.Id);
    }

    [Fact]
    public async Task A_transaction_reads_the_events_that_it_wrote_once_by_order_and_by_item()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = await app.Requester.ProposeAsync(Batches.Payload(2));
        var lease = (await app.Agent("agent-1").CheckoutAsync())!;
        await using var scope = app.NewScope();
        await using var transaction = await BeginAsync(scope);
        await SubmitAsync(scope, lease);
        (await app.Agent("agent-2").CheckoutAsync()).Should().NotBeNull();

        var seen = new List<WorkEvent>();
        for (string? after = null; after is not null || seen.Count == 0;)
        {
            var page = await ListAsync(scope, order.Id, 2, after);
            seen.AddRange(page.Items);
            after = page.Next;
        }

        seen.Select(e => e.Id).Should().OnlyHaveUniqueItems();
        seen.Select(e => e.Event).Should().Contain("submitted").And.ContainSingle(e => e == "submitted");
        (await scope.ServiceProvider.GetRequiredService<IWorkEventRepository>().ListByItemAsync(lease.Item.Id)).Items.Select(e => e.Event)
            .Should().Equal("leased", "in_progress", "submitted");
        (await ListAsync(app.NewScope(), order.Id, 100, null)).Items.Select(e => e.Event).Should().NotContain("submitted");
    }

    [Theory]
    [InlineData("1|9:3:|"), InlineData("1|a|"), InlineData("1|0:1:|"), InlineData("1|3:9:5,4|"), InlineData("1|3:9:10|"), InlineData("-1||"), InlineData("1|")]
    public async Task A_cursor_that_no_list_issued_is_refused(string position)
    {
        await using var app = await ShopApp.StartAsync(databases);

        var act = () => ListAsync(app.NewScope(), Guid.NewGuid(), 10, Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"1:{position}")));

        (await act.Should().ThrowAsync<InvalidQueryException>()).Which.Code.Should().Be("invalid_cursor");
    }

    private static Task<IDbContextTransaction> BeginAsync(AsyncServiceScope scope) =>
        scope.ServiceProvider.GetRequiredService<ShopContext>().Database.BeginTransactionAsync();

    private static Task SubmitAsync(AsyncServiceScope scope, WorkLease lease) =>
        scope.ServiceProvider.GetRequiredService<IWorkOrderManager>().As(Actor.Agent("agent-1"))
            .SubmitAsync(lease, new BatchResult(lease.Input<Batch>().Id, true, 1));

    private static Task<WorkPage<WorkEvent>> ListAsync(AsyncServiceScope scope, Guid order, int limit, string? after) =>
        scope.ServiceProvider.GetRequiredService<IWorkEventRepository>().ListByOrderAsync(order, limit, after);
}
