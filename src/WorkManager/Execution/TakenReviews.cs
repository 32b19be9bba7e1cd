using Microsoft.EntityFrameworkCore;

namespace WorkManager.Execution;

/// <summary>Orders that reviewers have taken for a while: others are not offered them.</summary>
internal static class TakenReviews
{
    /// <summary>What an actor has taken.</summary>
    public static IQueryable<WorkDecision> By(IQueryable<WorkDecision> decisions, Actor actor, DateTimeOffset clock)
    {
        var (kind, id) = (actor.Type, actor.Id);
        return Live(decisions, clock).Where(d => d.ActorType == kind && d.ActorId == id);
    }

    /// <summary>What others have taken.</summary>
    public static IQueryable<WorkDecision> ByOthers(IQueryable<WorkDecision> decisions, Actor actor, DateTimeOffset clock)
    {
        var (kind, id) = (actor.Type, actor.Id);
        return Live(decisions, clock).Where(d => d.ActorType != kind || d.ActorId != id);
    }

    /// <summary>What an actor has skipped, each at a revision of its order.</summary>
    public static IQueryable<WorkDecision> SkippedBy(IQueryable<WorkDecision> decisions, Actor actor)
    {
        var (kind, id) = (actor.Type, actor.Id);
        return decisions.Where(d => d.Decision == WorkDecision.Skip && d.ActorType == kind && d.ActorId == id);
    }

    /// <summary>The actor has decided, or does not want to: others are offered the order again.</summary>
    public static async Task EndAsync(UnitOfWork unit, Guid orderId, DateTimeOffset clock)
    {
        var taken = await By(unit.Rows.Decisions, unit.Actor, clock).Where(d => d.OrderId == orderId).ToListAsync(CancellationToken.None)
            .ConfigureAwait(false);
        GivenApprovals.Void(unit, taken);
    }

    private static IQueryable<WorkDecision> Live(IQueryable<WorkDecision> decisions, DateTimeOffset clock) =>
        decisions.Where(d => d.Decision == WorkDecision.Take && d.SupersededAt == null && d.ExpiresAt > clock);
}
