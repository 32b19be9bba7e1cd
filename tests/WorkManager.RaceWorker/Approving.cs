using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.RaceWorker;

/// <summary>Approves an order. The process is killed before that ends.</summary>
internal static class Approving
{
    public static async Task<int> RunAsync(ServiceProvider application, Guid orderId)
    {
        await using var _ = application;
        await Application.WaitForStartAsync();
        await application.GetRequiredService<IWorkOrderManagerFactory>().Create(Actor.User("bert")).ApproveAsync(orderId);
        return 0;
    }
}

/// <summary>Writes what <see cref="Echo"/> writes, says so, and goes on for ever: its row is in the database, but not committed.</summary>
[OrderType("test.echo")]
internal sealed class EchoThatNeverEnds(ShopContext db) : OrderType<EchoPayload, EchoResult>
{
    protected override async Task ApplyAsync(ApplyContext<EchoPayload, EchoPayload, EchoResult> apply, CancellationToken cancellationToken)
    {
        db.Ledger.Add(new LedgerEntry { OrderId = apply.OrderId, Text = apply.Payload.Message });
        await db.SaveChangesAsync(cancellationToken);
        await Console.Out.WriteLineAsync("applying");
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
