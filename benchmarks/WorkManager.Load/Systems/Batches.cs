using WorkManager.Load.Measuring;

namespace WorkManager.Load.Systems;

/// <summary>The library's calls for many at once, in one place. An outcome that is an error ends the scenario.</summary>
internal static class Batches
{
    public static async Task ProposeAsync(IWorkOrderManager requester, IReadOnlyCollection<LoadOrder> orders) =>
        Expect(await requester.ProposeManyAsync([.. orders.Select(o => new Proposal<LoadOrder>(o))]));

    /// <summary>What somebody has locked is sent again, as the library asks for.</summary>
    public static async Task SubmitAsync(IWorkOrderManager agent, IReadOnlyCollection<WorkLease> leases, LoadResult result)
    {
        IReadOnlyList<Submission<LoadResult>> left = [.. leases.Select(l => new Submission<LoadResult>(l, result))];
        while (left.Count > 0)
        {
            var outcomes = await Deadlocks.RetryAsync(() => agent.SubmitManyAsync(left));
            Expect(outcomes.Where(o => o.Error is not WorkBusyException));
            left = [.. left.Where((_, i) => outcomes[i].Error is WorkBusyException)];
        }
    }

    /// <summary>The same, with some results that break the rules of their type.</summary>
    public static async Task SubmitAsync(IWorkOrderManager agent, IReadOnlyCollection<WorkLease> leases, LoadResult result, int refused)
    {
        var bad = result with { Score = -1 };
        var outcomes = await agent.SubmitManyAsync([.. leases.Select((l, i) => new Submission<LoadResult>(l, i < refused ? bad : result))]);
        if (outcomes.Count(o => o.Error is WorkValidationException) != refused)
        {
            throw new InvalidOperationException($"{refused} results should have been refused.");
        }

        Expect(outcomes.Where(o => o.Error is not WorkValidationException));
    }

    public static async Task HeartbeatAsync(IWorkOrderManager agent, IReadOnlyCollection<WorkLease> leases) =>
        Expect(await agent.HeartbeatManyAsync([.. leases.Select(l => l.Token)]));

    public static async Task FailAsync(IWorkOrderManager agent, IReadOnlyCollection<WorkLease> leases) =>
        Expect(await Deadlocks.RetryAsync(() => agent.FailManyAsync([.. leases.Select(l => new FailedAttempt(l.Token, Documents.Failure))])));

    public static async Task ReleaseAsync(IWorkOrderManager agent, IReadOnlyCollection<WorkLease> leases) =>
        Expect(await Deadlocks.RetryAsync(() => agent.ReleaseManyAsync([.. leases.Select(l => l.Token)])));

    private static void Expect<T>(IEnumerable<WorkOutcome<T>> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            _ = outcome.Value;
        }
    }
}
