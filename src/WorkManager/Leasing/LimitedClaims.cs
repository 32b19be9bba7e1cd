using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkManager.Execution;
using WorkManager.OrderTypes;
using WorkManager.Orders;

namespace WorkManager.Leasing;

/// <summary>Claims as many items as the limits on live leases allow. Where there are no limits, a claim is one statement.</summary>
/// <remarks>
/// <para>
/// A limit is a rule about rows that do not exist yet, so claims under one limit take turns: each locks the limit by its name, counts the live leases in a
/// later statement, and claims what is left. Leases that end at the same time count until their end is committed.
/// </para>
/// <para>
/// A claim passes over a limit that another claim has locked, as it passes over locked items. If it finds nothing then, it waits for its turn: it would
/// say that there is no work while there is some. All wait in one order, and a claim waits for nothing else, so none waits for ever.
/// </para>
/// </remarks>
internal sealed class LimitedClaims(StoreDialects dialects, OrderTypeRegistry types, LeaseOptions options, ILogger<LimitedClaims>? log = null)
{
    private const int MostRounds = 8;

    // Optional: an application without logging is no reason to fail.
    private readonly ILogger log = (ILogger?)log ?? NullLogger.Instance;

    /// <summary>Leaves out what is at its limit: order types, and items that would be too many.</summary>
    /// <returns>The rest of the claim; null if nothing is left of it, or the agent or its tenant is at a limit.</returns>
    /// <remarks>
    /// Nothing is locked, so this is no promise. It keeps a worker that asks again and again at a limit from taking turns with those that have work to do.
    /// </remarks>
    public Task<Claim?> NarrowAsync(OperationContext context, Claim claim, CancellationToken cancellationToken)
    {
        var limits = LimitsOf(claim);
        return limits.AreNone ? Task.FromResult<Claim?>(claim) : context.ReadAsync(
            async rows =>
            {
                var ofAgent = limits.OfAgent is null ? 0 : await CountOfAgentAsync(context, rows, context.Tenant).ConfigureAwait(false);
                // Of all tenants those are left out later that have nothing left.
                var live = limits.AreOfTenants && !context.Tenant.IsAll
                    ? await CountAsync(context, rows, [context.Tenant.Id], limits).ConfigureAwait(false)
                    : [];
                var budget = new Budget(claim, context.Tenant.IsAll ? limits with { OfTenant = null } : limits, ofAgent, live);
                // No more than there can be: who asks for more would go on to look for it.
                var most = context.Tenant.IsAll ? budget.Count : (int)Math.Min(budget.Count, budget.Types.Sum(t => (long)budget.LeftOf(t)));
                return most <= 0 ? null : claim.Of(budget.Types) with { Count = most };
            },
            cancellationToken);
    }

    /// <summary>Claims from one queue: that of the caller's tenant, of some tenants, or of an order.</summary>
    /// <param name="context">The operation.</param>
    /// <param name="claim">What to claim.</param>
    /// <param name="waits">Whether to wait for limits that other claims have locked, until the first item is leased.</param>
    /// <param name="cancellationToken">Cancels it before anything is claimed.</param>
    /// <returns>The items, and whether a locked limit was passed over.</returns>
    public async Task<(IReadOnlyList<WorkItem> Items, bool PassedOver)> ClaimAsync(
        OperationContext context, Claim claim, bool waits, CancellationToken cancellationToken)
    {
        var limits = LimitsOf(claim);
        if (limits.AreNone)
        {
            return (await ClaimAtOnceAsync(context, claim, cancellationToken).ConfigureAwait(false), false);
        }

        if (limits.AreOfTenants && claim.OrderId is { } orderId)
        {
            return await ClaimFromOrderAsync(context, claim, orderId, waits, cancellationToken).ConfigureAwait(false);
        }

        return limits.AreOfTenants && context.Tenant.IsAll
            ? await ClaimInTurnAsync(context, claim, limits, waits, cancellationToken).ConfigureAwait(false)
            : await TryClaimAsync(context, claim, limits, context.Tenant, waits, cancellationToken).ConfigureAwait(false);
    }

    // If a claim gets no answer, its leases are not searched for: nobody knows of them, they run out, and the items come back.
    private static Task<IReadOnlyList<WorkItem>> ClaimAtOnceAsync(OperationContext context, Claim claim, CancellationToken cancellationToken) =>
        context.WriteByCommandAsync(
            Write.Repeatable(async unit => Ending.Commit(await unit.Sql<ILeasingSql>().ClaimAsync(unit, claim).ConfigureAwait(false))), cancellationToken);

    private LeaseLimits LimitsOf(Claim claim) => new(
        options.MaxPerAgent, options.MaxPerTenant,
        claim.Types.Select(t => (Type: t, Most: types.Get(t).MaxLeases ?? options.MaxPerType)).Where(t => t.Most is not null)
            .ToDictionary(t => t.Type, t => t.Most!.Value, StringComparer.Ordinal));

    private async Task<(IReadOnlyList<WorkItem> Items, bool PassedOver)> ClaimFromOrderAsync(
        OperationContext context, Claim claim, Guid orderId, bool waits, CancellationToken cancellationToken)
    {
        var order = await context.ReadAsync(
            rows => rows.Orders.Where(o => o.Id == orderId).Select(o => new { o.TenantId, o.Type }).SingleOrDefaultAsync(cancellationToken),
            cancellationToken).ConfigureAwait(false);
        if (order is null || !claim.Types.Contains(order.Type))
        {
            return ([], false);
        }

        var ofItsType = claim.Of([order.Type]);
        return await TryClaimAsync(
            context.For(TenantScope.Of(order.TenantId)), ofItsType, LimitsOf(ofItsType), context.Tenant, waits, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(IReadOnlyList<WorkItem> Items, bool PassedOver)> ClaimInTurnAsync(
        OperationContext context, Claim claim, LeaseLimits limits, bool waits, CancellationToken cancellationToken)
    {
        // Not locked: this only saves the turns of tenants that are at their limits.
        var live = await context.ReadAsync(rows => CountAsync(context, rows, claim.Tenants!, limits), cancellationToken).ConfigureAwait(false);
        var tenants = claim.Tenants!.Where(t => new Budget(claim, limits, 0, live.Where(l => l.TenantId == t)).Types.Count > 0);
        var (items, passedOver) = (new List<WorkItem>(), false);
        try
        {
            foreach (var tenant in tenants.TakeWhile(_ => items.Count < claim.Count))
            {
                var share = claim with { Count = Math.Min(claim.Share, claim.Count - items.Count), Tenants = null };
                var turn = await TryClaimAsync(
                    context.For(TenantScope.Of(tenant)), share, limits, context.Tenant, waits && items.Count == 0,
                    items.Count == 0 ? cancellationToken : CancellationToken.None).ConfigureAwait(false);
                items.AddRange(turn.Items);
                passedOver |= turn.PassedOver;
            }
        }
#pragma warning disable CA1031 // What is leased already is committed: whatever fails from then on must not keep it from its holder.
        catch (Exception failure) when (items.Count > 0)
#pragma warning restore CA1031
        {
            log.CheckoutCutShort(failure);
        }

        return (items, passedOver);
    }

    private Task<(IReadOnlyList<WorkItem> Items, bool PassedOver)> TryClaimAsync(
        OperationContext context, Claim claim, LeaseLimits limits, TenantScope session, bool waits, CancellationToken cancellationToken) =>
        context.WriteAsync(
            Write.Repeatable(async unit => Ending.Commit(await ClaimAsync(context, unit, claim, limits, session, waits).ConfigureAwait(false))),
            cancellationToken);

    private async Task<(IReadOnlyList<WorkItem> Items, bool PassedOver)> ClaimAsync(
        OperationContext context, UnitOfWork unit, Claim claim, LeaseLimits limits, TenantScope session, bool waits)
    {
        var sql = unit.Sql<ILeasingSql>();
        var agent = limits.OfAgent is null ? null : $"agent\n{unit.Actor.LeaseHolder}";
        var tenant = limits.OfTenant is null ? null : $"tenant\n{unit.Tenant.Id}";
        var ofTypes = claim.Types.Where(limits.OfTypes.ContainsKey).Order(StringComparer.Ordinal).ToDictionary(t => t, t => $"type\n{unit.Tenant.Id}\n{t}");
        string[] names = [.. new[] { agent, tenant }.OfType<string>(), .. ofTypes.Values];
        var locked = (await sql.LockLimitsAsync(unit, names, waits).ConfigureAwait(false)).ToHashSet(StringComparer.Ordinal);
        if (names.Except(ofTypes.Values).Any(name => !locked.Contains(name)))
        {
            return ([], true);
        }

        var free = claim.Of([.. claim.Types.Where(t => !ofTypes.TryGetValue(t, out var name) || locked.Contains(name))]);
        var live = limits.AreOfTenants ? await CountAsync(context, unit.Rows, [unit.Tenant.Id!], limits).ConfigureAwait(false) : [];
        var ofAgent = agent is null ? 0 : await CountOfAgentAsync(context, unit.Rows, session).ConfigureAwait(false);
        var items = await ClaimAsync(unit, free, new Budget(free, limits, ofAgent, live)).ConfigureAwait(false);
        return (items, free.Types.Count < claim.Types.Count);
    }

    /// <summary>
    /// Claims in rounds, each of as many items as all of them could be of the type that has the least left. So no limit is passed, and the items come in their
    /// order. After some rounds each type gives what it has left, one after the other: the next claim begins with the most urgent items again.
    /// </summary>
    private static async Task<IReadOnlyList<WorkItem>> ClaimAsync(UnitOfWork unit, Claim claim, Budget budget)
    {
        var items = new List<WorkItem>();
        for (var round = 1; round <= MostRounds && budget.Types.Count > 0; round++)
        {
            if (!await ClaimAsync(budget.Types).ConfigureAwait(false))
            {
                // The queues of all these types are empty.
                return items;
            }
        }

        foreach (var type in budget.Types.TakeWhile(_ => budget.Count > 0))
        {
            await ClaimAsync([type]).ConfigureAwait(false);
        }

        return items;

        async Task<bool> ClaimAsync(IReadOnlyList<string> types)
        {
            var wanted = types.Min(budget.LeftOf);
            var found = await unit.Sql<ILeasingSql>().ClaimAsync(unit, claim.Of(types) with { Count = wanted }).ConfigureAwait(false);
            items.AddRange(found);
            budget.Spend(found);
            return found.Count == wanted;
        }
    }

    private Task<int> CountOfAgentAsync(OperationContext context, WorkRows rows, TenantScope session) =>
        dialects.Sql<ILeasingSql>(rows.Db).CountLeasesAsync(rows, context.Clock, context.Actor.LeaseHolder, session.Id);

    private Task<IReadOnlyList<LiveLeases>> CountAsync(
        OperationContext context, WorkRows rows, IReadOnlyList<string> tenants, LeaseLimits limits) => dialects.Sql<ILeasingSql>(rows.Db).CountLeasesAsync(
            rows, context.Clock, tenants, limits.OfTenant is null ? [.. limits.OfTypes.Keys] : null);

    /// <summary>What a claim from one tenant may still lease.</summary>
    private sealed class Budget
    {
        private readonly Dictionary<string, int> left;
        private readonly IReadOnlyList<string> types;

        public Budget(Claim claim, LeaseLimits limits, int ofAgent, IEnumerable<LiveLeases> live)
        {
            var ofTypes = live.ToDictionary(l => l.OrderType, l => l.Count);
            types = claim.Types;
            left = limits.OfTypes.ToDictionary(t => t.Key, t => t.Value - ofTypes.GetValueOrDefault(t.Key));
            Count = Math.Min(claim.Count, Math.Min(
                limits.OfAgent - ofAgent ?? int.MaxValue, limits.OfTenant - ofTypes.Values.Sum() ?? int.MaxValue));
        }

        /// <summary>How many items at all.</summary>
        public int Count { get; private set; }

        /// <summary>The types of which there is something left.</summary>
        public IReadOnlyList<string> Types => [.. types.Where(t => LeftOf(t) > 0)];

        public int LeftOf(string type) => Math.Min(Count, left.GetValueOrDefault(type, Count));

        public void Spend(IReadOnlyList<WorkItem> items)
        {
            Count -= items.Count;
            foreach (var item in items.Where(i => left.ContainsKey(i.OrderType)))
            {
                left[item.OrderType]--;
            }
        }
    }
}
