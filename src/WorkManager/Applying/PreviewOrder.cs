using Microsoft.EntityFrameworkCore;
using WorkManager.Changes;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;
using WorkManager.Persistence;

namespace WorkManager.Applying;

/// <summary>Runs the apply of an order up to and including the host's save, tells what it changed, and rolls it back.</summary>
/// <remarks>
/// What was shown is kept as a decision of its own kind, after the rollback: an approval names it by its hash, and can then say what has changed since.
/// </remarks>
internal sealed class PreviewOrder(ApplyRuns runs, IdGenerator ids, ReviewOptions options, TimeProvider time, StoreDialects dialects, OrderTypeRegistry types)
    : IVerb<PreviewRequest, OrderPreview>
{
    public Operation Operation { get; } = new("preview", JoinRule.Refuses);

    public async Task<OrderPreview> ExecuteAsync(OperationContext context, PreviewRequest request, CancellationToken cancellationToken)
    {
        var order = await context.ReadAsync(
            rows => rows.Orders.Where(o => o.Id == request.OrderId).Select(o => new { o.TenantId, o.TraceParent }).SingleOrDefaultAsync(cancellationToken),
            cancellationToken).ConfigureAwait(false) ?? throw WorkNotFoundException.Order(request.OrderId);
        context.JoinTraceOf(order.TraceParent);
        // As an apply does.
        var ofItsTenant = context.For(TenantScope.Of(order.TenantId));
        var since = request.Options.Since is { } hash ? await FindAsync(ofItsTenant, request.OrderId, hash, cancellationToken).ConfigureAwait(false) : null;
        var trial = await TryAsync(ofItsTenant, request.OrderId, cancellationToken).ConfigureAwait(false);
        var second = request.Options.Verify ? await TryAsync(ofItsTenant, request.OrderId, cancellationToken).ConfigureAwait(false) : null;
        var contentHash = trial.Content.IsCutOff ? (ContentHash?)null : trial.Content.Hash();
        if (contentHash is { } issued)
        {
            await KeepAsync(ofItsTenant, trial.Content, issued).ConfigureAwait(false);
        }

        IReadOnlyList<ReviewDifference> changed =
            since is null || contentHash?.ToString() == since.ContentHash ? [] : trial.Content.DifferencesSince(since.Changes!);
        IReadOnlyList<ReviewDifference> notRepeatable =
            second is null || second.Content.Hash() == trial.Content.Hash() ? [] : second.Content.DifferencesSince(trial.Content.ToJson());
        var overlapping = await FindOverlapsAsync(ofItsTenant, trial.Content, cancellationToken).ConfigureAwait(false);
        var missing = await CountMissingApprovalsAsync(ofItsTenant, trial.Content.Order, contentHash, cancellationToken).ConfigureAwait(false);
        return new OrderPreview(
            trial.Content.Order, contentHash, trial.Content, trial.Obstacles, changed, notRepeatable, overlapping, missing, context.Clock.Now(), trial.Took);
    }

    /// <summary>Finds a preview of an order by its hash; null if nobody has made one.</summary>
    public static Task<WorkDecision?> FindAsync(WorkRows rows, Guid orderId, ContentHash hash) => rows.Decisions.AsNoTracking()
        .Where(d => d.OrderId == orderId && d.Decision == WorkDecision.Preview && d.ContentHash == hash.ToString())
        .OrderByDescending(d => d.CreatedAt).FirstOrDefaultAsync(CancellationToken.None);

    private static Task<string?> FindLatestAsync(WorkRows rows, Guid orderId) => rows.Decisions
        .Where(d => d.OrderId == orderId && d.Decision == WorkDecision.Preview)
        .OrderByDescending(d => d.CreatedAt).ThenByDescending(d => d.Id).Select(d => d.ContentHash).FirstOrDefaultAsync(CancellationToken.None);

    private static async Task<WorkDecision> FindAsync(OperationContext context, Guid orderId, ContentHash hash, CancellationToken cancellationToken) =>
        await context.ReadAsync(rows => FindAsync(rows, orderId, hash), cancellationToken).ConfigureAwait(false) ?? throw StaleReviewException.Unknown();

    // After the rollback: it takes no locks, and holds none of the apply's.
    private async Task<IReadOnlyList<OverlappingOrder>> FindOverlapsAsync(
        OperationContext context, ReviewedContent content, CancellationToken cancellationToken)
    {
        var names = content.Rows.Select(row => row.Row).Where(row => !RowNames.IsNew(row)).ToList();
        return names.Count == 0
            ? []
            : await context.ReadAsync(
                rows => dialects.Sql<IPreviewSql>(rows.Db).FindOverlapsAsync(rows, content.Order.Id, names), cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> CountMissingApprovalsAsync(
        OperationContext context, WorkOrder order, ContentHash? content, CancellationToken cancellationToken)
    {
        var needed = types.Get(order.Type).Approvals;
        if (needed == 1 || content is not { } hash)
        {
            return needed;
        }

        var given = await context.ReadAsync(
            async rows => GiveApproval.ThatCount(
                await GivenApprovals.Of(rows.Decisions.AsNoTracking(), order.Id).ToListAsync(cancellationToken).ConfigureAwait(false), hash,
                await dialects.ReadClockAsync(rows, context.Clock).ConfigureAwait(false)),
            cancellationToken).ConfigureAwait(false);
        // The last one's call applies it.
        return Math.Max(1, needed - given.Count);
    }

    private async Task<Trial> TryAsync(OperationContext context, Guid orderId, CancellationToken cancellationToken)
    {
        var hostCode = new HostCode();
        using var late = new CancellationTokenSource(options.TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await context.WriteWithHostAsync(Write.Trial(hosted => TryAsync(hosted, orderId, hostCode, either.Token)), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception failure) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested && failure is not WorkManagerException)
        {
            throw WorkLimitException.PreviewTime(orderId, options.TimeLimit);
        }
        catch (Exception thrown) when (hostCode.FailureOfTheOrder(thrown, dialects.Of(context.Host), cancellationToken) is { } failure)
        {
            if (failure is WorkManagerException)
            {
                throw;
            }

            throw new ApplyFailedException(orderId, failure);
        }
    }

    private async Task<Trial> TryAsync(HostUnit hosted, Guid orderId, HostCode hostCode, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var run = await runs.BeginAsync(hosted, orderId, hostCode).ConfigureAwait(false);
        var obstacles = await run.FindObstaclesAsync(cancellationToken).ConfigureAwait(false);
        var changes = await run.ApplyAsync(forReview: true, forGood: false, cancellationToken).ConfigureAwait(false);
        await hosted.Unit.Dialect.CheckDeferredConstraintsAsync(hosted.Unit).ConfigureAwait(false);
        return new(changes.Content!, obstacles, time.GetElapsedTime(begun));
    }

    /// <summary>Keeps what was shown, if it is not what was kept last: the latest is what others know of the order.</summary>
    private async Task KeepAsync(OperationContext context, ReviewedContent content, ContentHash hash)
    {
        var id = ids.Next();
        await context.WriteAsync(
            Write.Once(
                async unit =>
                {
                    if (await FindLatestAsync(unit.Rows, content.Order.Id).ConfigureAwait(false) == hash.ToString())
                    {
                        return Ending.RollBack(true);
                    }

                    var shown = unit.Decide(id, content.Order, WorkDecision.Preview);
                    shown.ContentHash = hash.ToString();
                    shown.Changes = content.ToJson();
                    await unit.SaveAsync().ConfigureAwait(false);
                    return Ending.Commit(true);
                },
                (rows, _) => rows.Decisions.AnyAsync(d => d.Id == id, CancellationToken.None)),
            CancellationToken.None).ConfigureAwait(false);
    }

    private sealed record Trial(ReviewedContent Content, IReadOnlyList<string> Obstacles, TimeSpan Took);
}
