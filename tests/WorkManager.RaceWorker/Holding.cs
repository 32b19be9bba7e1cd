using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.RaceWorker;

/// <summary>Workers of which some die with what they hold, while others always find something to do.</summary>
internal static class Holding
{
    /// <summary>Short times, so that a lease that nobody keeps comes back soon.</summary>
    public static void Configure(WorkManagerOptions options)
    {
        options.Lease.Ttl = TimeSpan.FromSeconds(3);
        options.Lease.HeartbeatEvery = TimeSpan.FromSeconds(1);
        options.Retry.Backoff = TimeSpan.FromSeconds(1);
        options.Retry.Jitter = TimeSpan.Zero;
    }

    /// <summary>Leases an item that is more urgent than all others, says so, and holds it until the process is killed.</summary>
    public static async Task<int> HoldAsync(ServiceProvider application, string agent)
    {
        await using var _ = application;
        var work = application.GetRequiredService<IWorkOrderManagerFactory>().Create(Actor.Agent(agent));
        await Application.WaitForStartAsync();
        WorkLease? lease = null;
        while (lease is null)
        {
            // Somebody else may be faster.
            var order = await work.ProposeAsync(Batches.Payload(1), new ProposeOptions { Priority = 100 });
            lease = await work.CheckoutAsync(new CheckoutRequest { OrderId = order.Id });
        }

        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{lease.Token.ItemId}"));
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    /// <summary>Does one item after the other, at a moderate pace, until the process is killed.</summary>
    public static async Task<int> WorkAsync(ServiceProvider application)
    {
        await using var _ = application;
        var work = application.GetRequiredService<IWorkOrderManagerFactory>().Create(Actor.Agent("busy"));
        await Application.WaitForStartAsync();
        while (await work.CheckoutAsync() is { } lease)
        {
            try
            {
                await work.SubmitAsync(lease, new BatchResult(lease.Input<Batch>().Id, true, 1));
            }
            catch (LeaseLostException)
            {
                // On a busy machine its own lease may run out.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        // The queue must not run empty here.
        return 3;
    }
}
