using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Diagnostics;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;

namespace WorkManager.Leasing;

/// <summary>Leases the next items: highest priority first, then first in.</summary>
internal sealed class CheckoutItems(
    LeaseRecovery recovery, RecoverySchedule schedule, TenantRotation rotation, LimitedClaims claims, OrderTypeRegistry types, ClaimRequests requests,
    LeasedInputs inputs, Telemetry telemetry, LeaseOptions lease, ILogger<CheckoutItems>? log = null)
    : IVerb<CheckoutBatch, IReadOnlyList<WorkLease>>
{
    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    public Operation Operation { get; } = new("checkout", JoinRule.Refuses);

    public async Task<IReadOnlyList<WorkLease>> ExecuteAsync(OperationContext context, CheckoutBatch request, CancellationToken cancellationToken)
    {
        var wanted = requests.Check(request);
        if (wanted.Types.Count == 0)
        {
            await EnsureOrderExistsAsync(context, wanted.OrderId, request.Filter).ConfigureAwait(false);
            return [];
        }

        var claim = await claims.NarrowAsync(context, wanted, cancellationToken).ConfigureAwait(false);
        var items = claim is null ? [] : await ClaimOrRefillAsync(context, claim, cancellationToken).ConfigureAwait(false);
        if (schedule.TakeTurn(context.DatabaseName))
        {
            // For all tenants, whoever asks: this is housekeeping, and tells nobody anything of another's work.
            await OrElseAsync(false, () => recovery.RefillAsync(context.For(TenantScope.All), QueueFilter.All, CancellationToken.None)).ConfigureAwait(false);
        }

        if (items.Count == 0)
        {
            await EnsureOrderExistsAsync(context, wanted.OrderId, request.Filter).ConfigureAwait(false);
            return [];
        }

        telemetry.CountLeases(items.Count);
        return await DescribeAsync(context, items).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<WorkItem>> ClaimOrRefillAsync(OperationContext context, Claim claim, CancellationToken cancellationToken)
    {
        var (items, passedOver) = await ClaimAsync(context, claim, waits: false, cancellationToken).ConfigureAwait(false);
        if (items.Count == claim.Count)
        {
            return items;
        }

        if (items.Count > 0)
        {
            var rest = claim with { Count = claim.Count - items.Count };
            var more = await OrElseAsync(([], false), () => RefillAndClaimAsync(context, rest, CancellationToken.None)).ConfigureAwait(false);
            return [.. items, .. more.Items];
        }

        var later = await RefillAndClaimAsync(context, claim, cancellationToken).ConfigureAwait(false);
        return later.Items.Count > 0 || !(passedOver || later.PassedOver) ? later.Items
            : (await ClaimAsync(context, claim, waits: true, cancellationToken).ConfigureAwait(false)).Items;
    }

    private async Task<(IReadOnlyList<WorkItem> Items, bool PassedOver)> RefillAndClaimAsync(
        OperationContext context, Claim claim, CancellationToken cancellationToken) =>
        await recovery.RefillAsync(context, claim.Filter, cancellationToken).ConfigureAwait(false)
            ? await ClaimAsync(context, claim, waits: false, cancellationToken).ConfigureAwait(false)
            : ([], false);

    /// <summary>
    /// Runs the rest of a checkout that has leased items already. Those leases are committed, so a failure must not keep them from the caller.
    /// </summary>
    private async Task<T> OrElseAsync<T>(T otherwise, Func<Task<T>> more)
    {
        try
        {
            return await more().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // As said above: the leases count, whatever the failure is.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            log.CheckoutCutShort(failure);
            return otherwise;
        }
    }

    private Task<(IReadOnlyList<WorkItem> Items, bool PassedOver)> ClaimAsync(
        OperationContext context, Claim claim, bool waits, CancellationToken cancellationToken) =>
        context.Tenant.IsAll && claim.OrderId is null
            ? rotation.ClaimAsync(context, claim, waits, (share, wait, token) => claims.ClaimAsync(context, share, wait, token), cancellationToken)
            : claims.ClaimAsync(context, claim, waits, cancellationToken);

    /// <summary>Tells a caller who named an order why there will never be anything for it.</summary>
    private async Task EnsureOrderExistsAsync(OperationContext context, Guid? orderId, CheckoutRequest filter)
    {
        if (orderId is not { } id)
        {
            return;
        }

        var type = await context.ReadAsync(rows =>
            rows.Orders.Where(o => o.Id == id).Select(o => o.Type).SingleOrDefaultAsync(CancellationToken.None)).ConfigureAwait(false)
            ?? throw WorkNotFoundException.Order(id);
        if (filter is { Type: null, Types: null })
        {
            types.Get(type);
        }
    }

    private async Task<IReadOnlyList<WorkLease>> DescribeAsync(OperationContext context, IReadOnlyList<WorkItem> items)
    {
        var traces = await OrElseAsync([], () => ReadTracesAsync(context, items)).ConfigureAwait(false);
        var failures = await OrElseAsync(EarlierFailures.None, () => EarlierFailures.ReadAsync(context, items)).ConfigureAwait(false);
        var leases = items.OrderByDescending(i => i.Priority).ThenBy(i => i.AvailableAt).ThenBy(i => i.Id)
            .Select(i => new WorkLease(
                i, lease.HeartbeatOf(i.LeaseSeconds!.Value), inputs.Of(i, context.Services), traces.GetValueOrDefault(i.OrderId), [.. failures[i.Id]]))
            .ToList();
        context.JoinTraceOf(leases[0].TraceParent);
        return leases;
    }

    // The claim does not read orders, so the traces need a query of their own. It runs only if somebody listens to traces.
    private static async Task<Dictionary<Guid, string?>> ReadTracesAsync(OperationContext context, IReadOnlyList<WorkItem> items)
    {
        if (!Telemetry.IsTracing)
        {
            return [];
        }

        var orderIds = items.Select(i => i.OrderId).Distinct().ToList();
        return await context.ReadAsync(rows => rows.Orders
            .Where(o => orderIds.Contains(o.Id))
            .Select(o => new { o.Id, o.TraceParent })
            .ToDictionaryAsync(o => o.Id, o => o.TraceParent)).ConfigureAwait(false);
    }
}
