using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;

namespace WorkManager.Reading;

/// <summary>Finds what somebody may approve.</summary>
/// <remarks>
/// The rules of the order types are conditions of the query. Policies of the application are asked for each order that it finds. An approval checks all of them
/// again.
/// </remarks>
internal sealed class PendingApprovals(OrderTypeRegistry types, WorkScopes scopes, StoreDialects dialects)
{
    /// <summary>How many orders are read at once, if there are policies to ask.</summary>
    private const int PageSize = 100;

    /// <summary>How many orders a call looks at, whatever the policies say.</summary>
    private const int MostOrders = 1_000;

    public Task<WorkPage<WorkOrder>> ListAsync(OperationContext context, PendingApprovalsQuery query, CancellationToken cancellationToken) =>
        ListAsync(context, query, query.IncludeTaken ? PendingApprovalsFilter.All : PendingApprovalsFilter.NotTaken, orderId: null, cancellationToken);

    /// <param name="context">The operation.</param>
    /// <param name="query">The page.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="orderId">Only this one.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    public async Task<WorkPage<WorkOrder>> ListAsync(
        OperationContext context, PendingApprovalsQuery query, PendingApprovalsFilter filter, Guid? orderId, CancellationToken cancellationToken)
    {
        DecisionRules.EnsureMayApprove(Guid.Empty, context.Actor);
        WorkQueries.EnsureLimit(query.Limit, PendingApprovalsQuery.MaxLimit);
        WorkQueries.EnsureText("type", query.Type);
        var position = Cursor.Read<ReviewPosition>(query.After);
        Rules rules;
        bool hasPolicies;
        var only = new Only(filter, orderId);
        var scope = await scopes.CreateForAsync(context.Services).ConfigureAwait(false);
        await using (scope.ConfigureAwait(false))
        {
            rules = RulesFor(context.Actor, query.Type, scope.ServiceProvider);
            hasPolicies = scope.ServiceProvider.GetServices<IApprovalPolicy>().Any();
        }

        var found = new List<WorkOrder>();
        for (var lookedAt = 0; lookedAt < MostOrders;)
        {
            var size = hasPolicies ? PageSize : query.Limit + 1;
            var page = await ReadAsync(context, rules, only, position, size, cancellationToken).ConfigureAwait(false);
            foreach (var order in page)
            {
                if (!hasPolicies || await IsAllowedAsync(context, order, cancellationToken).ConfigureAwait(false))
                {
                    found.Add(order);
                }

                if (found.Count > query.Limit)
                {
                    return new(found[..query.Limit], Cursor.Of(ReviewPosition.Of(found[query.Limit - 1])));
                }
            }

            if (page.Count < size)
            {
                return new(found, null);
            }

            lookedAt += page.Count;
            position = ReviewPosition.Of(page[^1]);
        }

        // Policies are against nearly all: the next call goes on.
        return new(found, Cursor.Of(position!.Value));
    }

    private Rules RulesFor(Actor actor, string? type, IServiceProvider services)
    {
        var rules = new Rules([], [], []);
        foreach (var descriptor in types.All.Where(t => (type is null || t.Key == type) && (t.ApproverRole is not { } role || actor.Roles.Contains(role))))
        {
            var terms = descriptor.TermsOf((OrderType)services.GetRequiredService(descriptor.ClrType));
            rules.Types.Add(descriptor.Key);
            if (!terms.AllowsSubmitter)
            {
                rules.NotOfSubmitter.Add(descriptor.Key);
            }

            if (!terms.AllowsRequester)
            {
                rules.NotOfRequester.Add(descriptor.Key);
            }
        }

        return rules;
    }

    /// <summary>Asks the policies for the tenant of the order, as an approval does.</summary>
    private async Task<bool> IsAllowedAsync(OperationContext context, WorkOrder order, CancellationToken cancellationToken)
    {
        using var tenant = TenantFlow.Enter(TenantScope.Of(order.TenantId));
        var scope = await scopes.CreateForAsync(context.Services).ConfigureAwait(false);
        await using (scope.ConfigureAwait(false))
        {
            var policies = scope.ServiceProvider.GetServices<IApprovalPolicy>();
            return await policies.FindObjectionAsync(order, context.Actor, cancellationToken).ConfigureAwait(false) is null;
        }
    }

    private Task<List<WorkOrder>> ReadAsync(
        OperationContext context, Rules rules, Only only, ReviewPosition? after, int count, CancellationToken cancellationToken) => context.ReadAsync(
        async rows =>
        {
            var clock = await dialects.ReadClockAsync(rows, context.Clock).ConfigureAwait(false);
            var orders = only.Of(MayApprove(rows, rules, context.Actor, clock), rows, context.Actor, clock);
            List<WorkOrder> found = [];
            if (after is null or { DueAt: not null })
            {
                var due = orders.Where(o => o.DueAt != null);
                due = after is { } place ? place.After(due) : due;
                found = await due.OrderBy(o => o.DueAt).ThenByDescending(o => o.Priority).ThenBy(o => o.SubmittedAt).ThenBy(o => o.Id)
                    .Take(count).ToListAsync(cancellationToken).ConfigureAwait(false);
            }

            if (found.Count < count)
            {
                // In a query of their own: databases differ in where they put what has no time, and an index is read in one order only.
                var others = orders.Where(o => o.DueAt == null);
                others = after is { DueAt: null } place ? place.After(others) : others;
                found.AddRange(await others.OrderByDescending(o => o.Priority).ThenBy(o => o.SubmittedAt).ThenBy(o => o.Id)
                    .Take(count - found.Count).ToListAsync(cancellationToken).ConfigureAwait(false));
            }

            return found;
        },
        cancellationToken);

    private static IQueryable<WorkOrder> MayApprove(WorkRows rows, Rules rules, Actor actor, DateTimeOffset clock)
    {
        var (kind, id, name) = (actor.Type, actor.Id, actor.ToString());
        var (types, notOfSubmitter, notOfRequester) = rules;
        // What the engine approves by itself is for people only if that has failed.
        var orders = rows.Orders.AsNoTracking().Where(o => o.State == OrderState.Submitted && o.HeldAt == null && types.Contains(o.Type)
            && (o.NextApplyAt == null || o.Error != null));
        if (notOfRequester.Count > 0)
        {
            orders = orders.Where(o => !notOfRequester.Contains(o.Type)
                || !((o.RequestedByType == kind && o.RequestedById == id) || (o.RequestedFor != null && o.RequestedFor == name)));
        }

        if (notOfSubmitter.Count > 0)
        {
            orders = orders.Where(o => !notOfSubmitter.Contains(o.Type)
                || !rows.Items.Any(i => i.OrderId == o.Id && (i.State == ItemState.Submitted || i.State == ItemState.Accepted)
                    && ((i.SubmittedByType == kind && i.SubmittedById == id) || i.SubmittedFor == name)));
            var edits = GivenApprovals.EditsBy(rows.Decisions, actor);
            orders = orders.Where(o => !notOfSubmitter.Contains(o.Type) || !edits.Any(d => d.OrderId == o.Id));
        }

        return orders.Where(o => !rows.Decisions.Any(d => d.OrderId == o.Id && d.Decision == WorkDecision.Approve && d.ItemId == null
            && d.SupersededAt == null && d.ConsumedAt == null && d.ActorType == kind && d.ActorId == id && (d.ExpiresAt == null || d.ExpiresAt > clock)));
    }

    /// <param name="Types">The types whose orders the actor may approve.</param>
    /// <param name="NotOfSubmitter">Those of them that nobody approves who submitted work of the order.</param>
    /// <param name="NotOfRequester">Those of them that the requester does not approve.</param>
    private sealed record Rules(List<string> Types, List<string> NotOfSubmitter, List<string> NotOfRequester);

    /// <summary>Which of them are wanted.</summary>
    private sealed record Only(PendingApprovalsFilter Filter, Guid? OrderId)
    {
        public IQueryable<WorkOrder> Of(IQueryable<WorkOrder> orders, WorkRows rows, Actor actor, DateTimeOffset clock)
        {
            orders = OrderId is { } id ? orders.Where(o => o.Id == id) : orders;
            if (Filter == PendingApprovalsFilter.Own)
            {
                var own = TakenReviews.By(rows.Decisions, actor, clock);
                return orders.Where(o => own.Any(d => d.OrderId == o.Id));
            }

            if (Filter != PendingApprovalsFilter.All)
            {
                var taken = TakenReviews.ByOthers(rows.Decisions, actor, clock);
                orders = orders.Where(o => !taken.Any(d => d.OrderId == o.Id));
            }

            if (Filter == PendingApprovalsFilter.NotSkipped)
            {
                var skipped = TakenReviews.SkippedBy(rows.Decisions, actor);
                orders = orders.Where(o => !skipped.Any(d => d.OrderId == o.Id && d.OrderRevision == o.Revision));
            }

            return orders;
        }
    }
}
