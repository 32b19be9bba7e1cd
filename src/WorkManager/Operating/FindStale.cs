using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Execution;

namespace WorkManager.Operating;

/// <summary>Finds orders that have been open for too long, and warns of them.</summary>
internal sealed class FindStale(MaintenanceOptions options, ILogger<FindStale>? log = null) : IVerb<FindStaleRequest, StaleOrders>
{
    private const int Most = 100;

    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    public Operation Operation { get; } = new("find_stale", JoinRule.Refuses);

    public async Task<StaleOrders> ExecuteAsync(OperationContext context, FindStaleRequest request, CancellationToken cancellationToken)
    {
        var since = context.Clock.Now() - options.StaleAfter;
        var stale = await context.ReadAtOneMomentAsync(
            async rows =>
            {
                var open = rows.Orders.Where(o => o.CreatedAt <= since).InState(
                    OrderState.Queued, OrderState.CheckedOut, OrderState.InProgress, OrderState.Submitted, OrderState.Approved, OrderState.Failed);
                var oldest = await open.OrderBy(o => o.CreatedAt).ThenBy(o => o.Id).Take(Most).Select(o => o.Id)
                    .ToListAsync(cancellationToken).ConfigureAwait(false);
                return new StaleOrders(oldest.Count < Most ? oldest.Count : await open.CountAsync(cancellationToken).ConfigureAwait(false), oldest);
            },
            cancellationToken).ConfigureAwait(false);
        if (stale.Count > 0 && options.WarnOfStale)
        {
            log.StaleOrdersFound(stale.Count, string.Join(", ", stale.OrderIds));
        }

        return stale;
    }
}
