using WorkManager.Errors;
using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>Extends leases. The first beat says that work has begun.</summary>
internal sealed class Heartbeat(LeaseOptions options) : IVerb<Batch<BeatRequest>, IReadOnlyList<WorkOutcome<DateTimeOffset>>>
{
    public Operation Operation { get; } = new("heartbeat", JoinRule.Refuses);

    public async Task<IReadOnlyList<WorkOutcome<DateTimeOffset>>> ExecuteAsync(
        OperationContext context, Batch<BeatRequest> beats, CancellationToken cancellationToken)
    {
        var refused = beats.Requests.Where(b => b.Progress is < 0 or > 100).Select(b => b.Lease).ToHashSet();
        // Of a lease that is named twice, the last progress counts.
        var good = beats.Requests.Where(b => !refused.Contains(b.Lease)).GroupBy(b => b.Lease, (_, same) => same.Last()).ToList();
        // A heartbeat without an answer is sent again. A second one does no harm.
        var outcomes = good.Count == 0 ? [] : await context.WriteByCommandAsync(
            Write.Repeatable(async unit => Ending.Commit(await BeatAsync(unit, good, beats.IsSingle).ConfigureAwait(false))), cancellationToken)
            .ConfigureAwait(false);
        return [.. beats.Requests.Select(b => refused.Contains(b.Lease) ? new(OutOfRange()) : outcomes[b.Lease])];
    }

    private async Task<Dictionary<LeaseToken, WorkOutcome<DateTimeOffset>>> BeatAsync(UnitOfWork unit, List<BeatRequest> beats, bool waits)
    {
        var extended = (await unit.Sql<ILeasingSql>().BeatAsync(unit, beats, waits, options.RecordHeartbeats).ConfigureAwait(false))
            .ToDictionary(b => new LeaseToken(b.ItemId, b.Epoch), b => b.ExpiresAt);
        var lost = await unit.WhyNotHeldAsync([.. beats.Select(b => b.Lease).Where(l => !extended.ContainsKey(l))], waits).ConfigureAwait(false);
        return beats.ToDictionary(
            b => b.Lease, b => extended.TryGetValue(b.Lease, out var expires) ? new WorkOutcome<DateTimeOffset>(expires) : new(lost[b.Lease]));
    }

    private static WorkValidationException OutOfRange() =>
        WorkValidationException.Argument("progress", ValidationCodes.OutOfRange, "The progress must be 0 to 100.");
}
