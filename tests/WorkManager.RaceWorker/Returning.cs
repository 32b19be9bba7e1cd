using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.RaceWorker;

/// <summary>Agents whose process is stopped with what they hold. When it goes on, they do not know how much time has passed.</summary>
internal static class Returning
{
    private static readonly EchoResult Result = new(true, true);
    private static readonly WorkFailure Failure = new("broken", "It could not be done.");

    /// <summary>Leases last until all processes have their items, and no longer than needed.</summary>
    public static void Configure(WorkManagerOptions options, int seconds)
    {
        options.Lease.Ttl = TimeSpan.FromSeconds(seconds);
        options.Lease.HeartbeatEvery = TimeSpan.FromSeconds(1);
    }

    /// <summary>Leases an item for each agent, says of which order it is, and waits. Then each agent does all that a holder can do.</summary>
    public static async Task<int> RunAsync(ServiceProvider application, string[] agents)
    {
        await using var _ = application;
        await Application.WaitForStartAsync();
        var holders = new List<(IWorkOrderManager Work, WorkLease Lease)>();
        foreach (var agent in agents)
        {
            var work = application.GetRequiredService<IWorkOrderManagerFactory>().Create(Actor.Agent(agent));
            var lease = await work.CheckoutAsync() ?? throw new InvalidOperationException("There was nothing to lease.");
            holders.Add((work, lease));
            await Console.Out.WriteLineAsync($"{agent} {lease.OrderId}");
        }

        await Console.In.ReadLineAsync();
        foreach (var (work, lease) in holders)
        {
            await TellAsync(CodeOf(work.HeartbeatAsync(lease)));
            await TellAsync(CodeOf(work.ReportProgressAsync(lease, 50)));
            await TellAsync(CodeOf(work.SubmitAsync(lease, Result)));
            await TellAsync(CodeOf(work.FailAsync(lease, Failure)));
            await TellAsync(CodeOf(work.FailAsync(lease, Failure with { Retryable = false })));
            await TellAsync(CodeOf(work.ReleaseAsync(lease)));
            await TellAsync(CodeOf(work.HeartbeatManyAsync([lease.Token])));
            await TellAsync(CodeOf(work.ReportProgressManyAsync([new LeaseProgress(lease, 50)])));
            await TellAsync(CodeOf(work.SubmitManyAsync([new Submission<EchoResult>(lease, Result)])));
            await TellAsync(CodeOf(work.FailManyAsync([new FailedAttempt(lease, Failure)])));
            await TellAsync(CodeOf(work.ReleaseManyAsync([lease.Token])));
        }

        return 0;
    }

    private static async Task TellAsync(Task<string> code) => await Console.Out.WriteLineAsync(await code);

    private static async Task<string> CodeOf(Task call)
    {
        try
        {
            await call;
            return "done";
        }
        catch (WorkManagerException refused)
        {
            return refused.Code;
        }
    }

    private static async Task<string> CodeOf<T>(Task<IReadOnlyList<WorkOutcome<T>>> call) => (await call).Single().Error?.Code ?? "done";
}
