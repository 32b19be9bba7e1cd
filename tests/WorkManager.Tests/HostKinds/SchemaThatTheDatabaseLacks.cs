using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Shop;

namespace WorkManager.Tests.HostKinds;

/// <summary>SQLite has no schemas: what EF Core leaves out of its own SQL, ours leaves out, too.</summary>
public sealed class SchemaThatTheDatabaseLacks
{
    [Fact]
    public async Task An_order_lives_its_whole_life()
    {
        await using var app = await ShopApp.StartAsync(new SqliteFixture(), null, null, o => o.UseWorkManager("app"));
        var order = await app.Requester.ProposeAsync(new EchoPayload("hello"));

        var lease = await app.Agent("agent-1").CheckoutAsync();
        await app.Agent("agent-1").HeartbeatAsync(lease!);
        await app.Agent("agent-1").SubmitAsync(lease!, new EchoResult(true, true));
        await app.Reviewer.ApproveAsync(order.Id);

        (await app.LedgerAsync(order.Id)).Should().Equal("hello");
    }
}
