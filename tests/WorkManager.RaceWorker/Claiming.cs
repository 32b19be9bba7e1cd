using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace WorkManager.RaceWorker;

/// <summary>Tasks that lease in different ways until there is nothing left.</summary>
internal static class Claiming
{
    private static readonly CheckoutRequest Any = new();

    /// <summary>What one task asks for, one after the other, each until it gets nothing.</summary>
    private static readonly (int Count, CheckoutRequest Request)[][] Ways =
    [
        [(1, Any)],
        [(20, Any)],
        [(5, new CheckoutRequest { Type = "test.batch" })],
        [(1, new CheckoutRequest { MinPriority = 50 }), (3, Any)],
        [(50, Any)],
    ];

    public static async Task<int> RunAsync(ServiceProvider application, int process, int tasks)
    {
        await using var _ = application;
        var managers = application.GetRequiredService<IWorkOrderManagerFactory>();
        await Application.WaitForStartAsync();
        var claimed = await Task.WhenAll(Enumerable.Range(0, tasks).Select(task =>
            Task.Run(() => ClaimAllAsync(managers.Create(Actor.Agent($"agent-{process}-{task}")), Ways[(process + task) % Ways.Length]))));
        foreach (var lease in claimed.SelectMany(leases => leases))
        {
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{lease.ItemId} {lease.Epoch}"));
        }

        return 0;
    }

    private static async Task<List<LeaseToken>> ClaimAllAsync(IWorkOrderManager agent, (int Count, CheckoutRequest Request)[] way)
    {
        var claimed = new List<LeaseToken>();
        foreach (var (count, request) in way)
        {
            for (IReadOnlyList<WorkLease>? leases = null; leases is not { Count: 0 };)
            {
                leases = await agent.CheckoutManyAsync(count, request);
                claimed.AddRange(leases.Select(lease => lease.Token));
            }
        }

        return claimed;
    }
}
