using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>Extends leases. The first beat says that work has begun.</summary>
internal sealed class Heartbeat(LeaseOptions options) : IVerb<Batch<LeaseToken>, IReadOnlyList<WorkOutcome<DateTimeOffset>>>
{
    public Operation Operation { get; } = new("heartbeat", JoinRule.Refuses);

    // A heartbeat without an answer is sent again. A second one does no harm.
    public Task<IReadOnlyList<WorkOutcome<DateTimeOffset>>> ExecuteAsync(
        OperationContext context, Batch<LeaseToken> leases, CancellationToken cancellationToken) =>
        context.WriteByCommandAsync(
            Write.Repeatable(async unit => Ending.Commit(await BeatAsync(unit, leases).ConfigureAwait(false))), cancellationToken);

    private async Task<IReadOnlyList<WorkOutcome<DateTimeOffset>>> BeatAsync(UnitOfWork unit, Batch<LeaseToken> leases)
    {
        var tokens = leases.Requests.Distinct().ToList();
        var beats = (await unit.Sql<ILeasingSql>().BeatAsync(unit, tokens, leases.IsSingle, options.RecordHeartbeats).ConfigureAwait(false))
            .ToDictionary(b => new LeaseToken(b.ItemId, b.Epoch), b => b.ExpiresAt);
        var lost = await unit.WhyNotHeldAsync([.. tokens.Where(t => !beats.ContainsKey(t))], leases.IsSingle).ConfigureAwait(false);
        return [.. leases.Requests.Select(t => beats.TryGetValue(t, out var expires) ? new WorkOutcome<DateTimeOffset>(expires) : new(lost[t]))];
    }
}
