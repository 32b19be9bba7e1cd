using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Execution;

namespace WorkManager.Leasing;

/// <summary>Claims from all tenants in turn, so that none waits behind another's queue.</summary>
/// <remarks>
/// A claim goes on after the tenant that this process served last, and takes an equal share from each tenant. What is still wanted after all of them comes
/// from those that have more.
/// </remarks>
internal sealed class TenantRotation(StoreDialects dialects, ILogger<TenantRotation>? log = null)
{
    private const int MostTenants = 256;

    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    // Processes begin at different tenants.
    private readonly string first = RandomNumberGenerator.GetHexString(8, lowercase: true);

    // The tenant that was served last, for each database and each choice of order types: with one for all, a type that only a few tenants have would lead the
    // claims of the others round the same few. Two claims at once may serve a tenant twice, or pass it over until the next round.
    private readonly ConcurrentDictionary<string, string> last = [];

    /// <summary>Claims up to the wanted number of items.</summary>
    /// <param name="context">The operation, on all tenants.</param>
    /// <param name="claim">What to claim.</param>
    /// <param name="waits">Whether to wait for what others have locked, until the first item is leased.</param>
    /// <param name="claimFrom">Claims from the tenants that a claim names, and waits or not.</param>
    /// <param name="cancellationToken">Cancels it before anything is claimed.</param>
    /// <returns>The items, and whether something that others have locked was passed over.</returns>
    public async Task<(IReadOnlyList<WorkItem> Items, bool PassedOver)> ClaimAsync(
        OperationContext context, Claim claim, bool waits,
        Func<Claim, bool, CancellationToken, Task<(IReadOnlyList<WorkItem> Items, bool PassedOver)>> claimFrom, CancellationToken cancellationToken)
    {
        var (items, passedOver) = (new List<WorkItem>(), false);
        try
        {
            int before;
            do
            {
                before = items.Count;
                passedOver |= await GoRoundAsync(context, claim, waits, claimFrom, items, cancellationToken).ConfigureAwait(false);
            }
            while (items.Count < claim.Count && items.Count > before);
        }
#pragma warning disable CA1031 // What is leased already is committed: whatever fails from then on must not keep it from its holder.
        catch (Exception failure) when (items.Count > 0)
#pragma warning restore CA1031
        {
            log.CheckoutCutShort(failure);
        }

        return (items, passedOver);
    }

    /// <summary>Visits each tenant once, until there is enough. Returns whether something was passed over because others have locked it.</summary>
    private async Task<bool> GoRoundAsync(
        OperationContext context, Claim claim, bool waits,
        Func<Claim, bool, CancellationToken, Task<(IReadOnlyList<WorkItem> Items, bool PassedOver)>> claimFrom,
        List<WorkItem> items, CancellationToken cancellationToken)
    {
        var passedOver = false;
        var visited = new HashSet<string>();
        var queue = $"{context.DatabaseName}\n{string.Join(' ', claim.Types)}";
        var (after, hasWrapped, pageSize) = ((string?)last.GetValueOrDefault(queue, first), false, 1);
        while (items.Count < claim.Count)
        {
            var wanted = claim.Count - items.Count;
            // As many tenants as items are wanted, and more each time that those had nothing to give.
            pageSize = Math.Min(Math.Max(pageSize, wanted), MostTenants);
            var token = items.Count == 0 ? cancellationToken : CancellationToken.None;
            var page = await context.ReadAsync(
                rows => dialects.Sql<ILeasingSql>(rows.Db).FindTenantsAsync(rows.Db, after, claim.Types, pageSize), token).ConfigureAwait(false);
            var isLastPage = page.Count < pageSize;
            var tenants = page.TakeWhile(visited.Add).ToList();
            if (tenants.Count > 0)
            {
                var (found, hasPassedOver) =
                    await claimFrom(claim with { Count = wanted, Tenants = tenants }, waits && items.Count == 0, token).ConfigureAwait(false);
                items.AddRange(found);
                passedOver |= hasPassedOver;
                last[queue] = tenants.FindLast(t => found.Any(i => i.TenantId == t)) ?? tenants[^1];
                after = tenants[^1];
                pageSize = found.Count == 0 ? pageSize * 2 : pageSize;
            }

            if (!isLastPage && tenants.Count == page.Count)
            {
                continue;
            }

            // The end of the list, or the tenant where the round began.
            if (hasWrapped)
            {
                break;
            }

            (after, hasWrapped) = (null, true);
        }

        return passedOver;
    }
}
