using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;

namespace WorkManager.Operating;

/// <summary>Deletes idempotency keys that have expired, batch by batch.</summary>
internal sealed class PurgeKeys : IVerb<PurgeKeysRequest, int>
{
    private const int BatchSize = 1000;

    public Operation Operation { get; } = new("purge_keys", JoinRule.Refuses);

    public async Task<int> ExecuteAsync(OperationContext context, PurgeKeysRequest request, CancellationToken cancellationToken)
    {
        var now = context.Clock.Now();
        var total = 0;
        int purged;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            purged = await context.WriteByCommandAsync(
                Write.Repeatable(async unit => Ending.Commit(await unit.Rows.Keys.Where(k => k.ExpiresAt <= now)
                    .OrderBy(k => k.ExpiresAt).Take(BatchSize).ExecuteDeleteAsync().ConfigureAwait(false))),
                cancellationToken).ConfigureAwait(false);
            total += purged;
        }
        while (purged == BatchSize);

        return total;
    }
}
