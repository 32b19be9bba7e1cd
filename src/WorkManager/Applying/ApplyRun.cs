using System.Data;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Changes;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.OrderTypes;
using WorkManager.Reversals;

namespace WorkManager.Applying;

/// <summary>
/// One run of the apply of a locked order: the order type's own checks, the host's code, its save, and what that changed. Whether it is committed or rolled
/// back is the caller's decision.
/// </summary>
internal sealed class ApplyRun(
    HostUnit hosted, HostCode hostCode, JsonSerializerOptions json, ReviewOptions review, TimeProvider time, OrderType type, StoredOrder stored,
    AppliedOrder applied, IReadOnlyList<WorkDecision> given)
{
    // The order type may read rows as soon as it is asked whether it is ready.
    private readonly ReversibleChanges? reversible = applied.Type.IsReversible ? new ReversibleChanges(hosted.Host, review.MaxRows) : null;

    public AppliedOrder Applied => applied;

    /// <summary>The approvals by which the order is applied, if they were given before.</summary>
    public IReadOnlyList<WorkDecision> Given => given;

    /// <summary>Asks the order type for one of its properties.</summary>
    public Task<bool> AskAsync(Func<OrderType, bool> question) => hostCode.RunAsync(hosted, () => Task.FromResult(question(type)));

    /// <summary>Asks the order type what it wants of those who approve.</summary>
    public Task<ApprovalTerms> ReadTermsAsync() => hostCode.RunAsync(hosted, () => Task.FromResult(applied.Type.TermsOf(type)));

    /// <summary>Asks the application's own policies.</summary>
    /// <exception cref="ApprovalDeniedException">One of them is against it.</exception>
    public async Task EnsureNoPolicyObjectsAsync(Actor approver, CancellationToken cancellationToken)
    {
        var policies = hosted.Services.GetServices<IApprovalPolicy>();
        var objection = await hostCode.RunAsync(hosted, () => policies.FindObjectionAsync(applied.Order, approver, cancellationToken)).ConfigureAwait(false);
        if (objection is not null)
        {
            throw ApprovalDeniedException.ByPolicy(applied.Order.Id, objection);
        }
    }

    /// <summary>Asks the order type whether the order can be applied.</summary>
    /// <exception cref="OrderNotReadyException">It says why not.</exception>
    public async Task EnsureReadyAsync(CancellationToken cancellationToken)
    {
        var obstacles = await FindObstaclesAsync(cancellationToken).ConfigureAwait(false);
        if (obstacles.Count > 0)
        {
            throw new OrderNotReadyException(applied.Order.Id, obstacles);
        }
    }

    /// <summary>What the order type says against an apply now.</summary>
    public Task<IReadOnlyList<string>> FindObstaclesAsync(CancellationToken cancellationToken) =>
        hostCode.RunAsync(hosted, () => type.GetObstaclesAsync(stored, cancellationToken));

    /// <summary>Runs the order type's apply, saves the host's context, and tells what was changed.</summary>
    /// <param name="forReview">Whether somebody reviews it, or has.</param>
    /// <param name="forGood">Whether it is to be committed.</param>
    /// <param name="cancellationToken">Given to the host's code.</param>
    public Task<AppliedChanges> ApplyAsync(bool forReview, bool forGood, CancellationToken cancellationToken) => hostCode.RunAsync(hosted, async () =>
    {
        using var late = new CancellationTokenSource(review.ApplyTimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var changes = await ApplyAsync(forReview, forGood ? reversible : null, either.Token).ConfigureAwait(false);
            // Host code may not look at its token.
            late.Token.ThrowIfCancellationRequested();
            return changes;
        }
        catch (Exception failure) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested && failure is not WorkManagerException)
        {
            throw ApplyFailedException.TooSlow(applied.Order.Id, review.ApplyTimeLimit, failure);
        }
    });

    private async Task<AppliedChanges> ApplyAsync(bool forReview, ReversibleChanges? keep, CancellationToken cancellationToken)
    {
        var steps = type.BeginApply(stored, applied.Environment);
        using var changes = new HostChanges(hosted, json, forReview, keep);
        await steps.BeforeAsync(cancellationToken).ConfigureAwait(false);
        await steps.ApplyAsync(cancellationToken).ConfigureAwait(false);
        await hosted.Host.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        EnsureConnectionIsOpen();
        return new AppliedChanges(
            applied.Environment.Diff ?? changes.ToDiff(), forReview ? ToReview(changes) : null,
            keep is not null ? await keep.CompleteAsync(changes.Unseen.Count > 0, cancellationToken).ConfigureAwait(false) : null);
    }

    private ReviewedContent ToReview(HostChanges changes) => new(
        applied.Order, applied.Items, changes.Reviewed.Show(review.MaxRows), changes.Reviewed.Tables(), changes.Reviewed.Values(), applied.Environment.Diff,
        changes.Unseen, IsCutOff: changes.Reviewed.Count > review.MaxRows);

    // EF Core passes over it if the connection is lost when it releases the savepoint of the save.
    private void EnsureConnectionIsOpen()
    {
        if (hosted.Host.Database.GetDbConnection().State != ConnectionState.Open)
        {
            throw new InvalidOperationException("The connection was lost when the host's context was saved.");
        }
    }
}
