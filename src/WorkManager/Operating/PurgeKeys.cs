using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;

namespace WorkManager.Operating;

/// <summary>Deletes idempotency keys that have expired, batch by batch.</summary>
internal sealed class PurgeKeys() : Duty<PurgeKeysRequest, int>("purge_keys", 0)
{
    private const int BatchSize = 1000;

    protected override async Task<int> RunAsync(OperationContext context, PurgeKeysRequest request, DutyTurn turn, CancellationToken cancellationToken)
    {
        var now = context.Clock.Now();
        var total = 0;
        int purged;
        do
        {
            purged = await context.WriteByCommandAsync(
                Write.Repeatable(async unit => Ending.Commit(await unit.Rows.Keys.Where(k => k.ExpiresAt <= now)
                    .OrderBy(k => k.ExpiresAt).Take(BatchSize).ExecuteDeleteAsync().ConfigureAwait(false))),
                cancellationToken).ConfigureAwait(false);
            total += purged;
        }
        while (purged == BatchSize && await turn.GoesOnAsync(cancellationToken).ConfigureAwait(false));

        return total;
    }
}
