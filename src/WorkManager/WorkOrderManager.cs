using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Applying;
using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.Leasing;
using WorkManager.Operating;
using WorkManager.OrderTypes;
using WorkManager.Proposing;
using WorkManager.Reading;
using WorkManager.Reviewing;
using WorkManager.Submitting;

namespace WorkManager;

/// <summary>The facade: it hands each call to its verb.</summary>
internal sealed class WorkOrderManager(WorkEngine engine, WorkSession session) : IWorkOrderManager
{
    private Verbs Verbs => engine.Verbs;

    public IWorkOrderManager As(Actor actor) => With(session with { Actor = actor ?? throw new ArgumentNullException(nameof(actor)) });

    public IWorkOrderManager In(DbContext context) => With(session with { Host = engine.Owner.Ensure(context) });

    public Task<WorkOrder> ProposeAsync<TPayload>(TPayload payload, ProposeOptions? options, CancellationToken cancellationToken)
        where TPayload : notnull =>
        ProposeAsync(engine.Types.GetForPayload(typeof(TPayload)), Payload<TPayload>(payload), options, cancellationToken);

    public Task<WorkOrder> ProposeAsync<TOrderType>(object payload, ProposeOptions? options, CancellationToken cancellationToken)
        where TOrderType : OrderType
    {
        ArgumentNullException.ThrowIfNull(payload);
        var type = payload is JsonElement or JsonNode or JsonDocument
            ? engine.Types.Get(typeof(TOrderType))
            : engine.Types.Get(typeof(TOrderType), payload.GetType());
        return ProposeAsync(type, engine.Documents.Write("payload", payload, type.PayloadType), options, cancellationToken);
    }

    public Task<WorkOrder> ProposeAsync(string type, JsonElement payload, ProposeOptions? options, CancellationToken cancellationToken)
    {
        var found = engine.Types.Get(type);
        return ProposeAsync(found, engine.Documents.Write("payload", payload, found.PayloadType), options, cancellationToken);
    }

    public Task<IReadOnlyList<WorkOutcome<WorkOrder>>> ProposeManyAsync<TPayload>(
        IReadOnlyCollection<Proposal<TPayload>> proposals, CancellationToken cancellationToken)
        where TPayload : notnull =>
        ProposeManyAsync(engine.Types.GetForPayload(typeof(TPayload)), proposals, cancellationToken);

    public Task<IReadOnlyList<WorkOutcome<WorkOrder>>> ProposeManyAsync<TOrderType, TPayload>(
        IReadOnlyCollection<Proposal<TPayload>> proposals, CancellationToken cancellationToken)
        where TOrderType : OrderType
        where TPayload : notnull =>
        ProposeManyAsync(engine.Types.Get(typeof(TOrderType), typeof(TPayload)), proposals, cancellationToken);

    public async Task<WorkLease?> CheckoutAsync(CheckoutRequest? request, CancellationToken cancellationToken) =>
        (await CheckoutManyAsync(1, request, cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    public Task<WorkLease?> CheckoutAsync<TOrderType>(CancellationToken cancellationToken)
        where TOrderType : OrderType =>
        CheckoutAsync<TOrderType>(null, cancellationToken);

    public Task<WorkLease?> CheckoutAsync<TOrderType>(CheckoutRequest? request, CancellationToken cancellationToken)
        where TOrderType : OrderType =>
        CheckoutAsync(Of<TOrderType>(request), cancellationToken);

    public Task<IReadOnlyList<WorkLease>> CheckoutManyAsync(int count, CheckoutRequest? request, CancellationToken cancellationToken) =>
        engine.RunAsync(Verbs.Checkout, session, new CheckoutBatch(count, request ?? new CheckoutRequest()), cancellationToken);

    public Task<IReadOnlyList<WorkLease>> CheckoutManyAsync<TOrderType>(int count, CheckoutRequest? request, CancellationToken cancellationToken)
        where TOrderType : OrderType =>
        CheckoutManyAsync(count, Of<TOrderType>(request), cancellationToken);

    public Task<DateTimeOffset> HeartbeatAsync(LeaseToken lease, CancellationToken cancellationToken) =>
        engine.RunOneAsync(Verbs.Heartbeat, session, new BeatRequest(lease), cancellationToken);

    public Task<DateTimeOffset> ReportProgressAsync(LeaseToken lease, int progress, CancellationToken cancellationToken) =>
        engine.RunOneAsync(Verbs.Heartbeat, session, new BeatRequest(lease, progress), cancellationToken);

    public Task<IReadOnlyList<WorkOutcome<DateTimeOffset>>> HeartbeatManyAsync(IReadOnlyCollection<LeaseToken> leases, CancellationToken cancellationToken) =>
        RunManyAsync(Verbs.Heartbeat, leases, lease => new BeatRequest(lease), cancellationToken);

    public Task<IReadOnlyList<WorkOutcome<DateTimeOffset>>> ReportProgressManyAsync(
        IReadOnlyCollection<LeaseProgress> leases, CancellationToken cancellationToken) =>
        RunManyAsync(Verbs.Heartbeat, leases, l => new BeatRequest(l.Lease, l.Progress), cancellationToken);

    public Task<WorkItem> ReleaseAsync(LeaseToken lease, CancellationToken cancellationToken) => ReleaseAsync(lease, null, cancellationToken);

    public Task<WorkItem> ReleaseAsync(LeaseToken lease, ReleaseOptions? options, CancellationToken cancellationToken) =>
        engine.RunOneAsync(Verbs.Release, session, new ReleaseRequest(lease, options ?? new ReleaseOptions()), cancellationToken);

    public Task<IReadOnlyList<WorkOutcome<WorkItem>>> ReleaseManyAsync(IReadOnlyCollection<LeaseToken> leases, CancellationToken cancellationToken) =>
        ReleaseManyAsync(leases, null, cancellationToken);

    public Task<IReadOnlyList<WorkOutcome<WorkItem>>> ReleaseManyAsync(
        IReadOnlyCollection<LeaseToken> leases, ReleaseOptions? options, CancellationToken cancellationToken) =>
        RunManyAsync(Verbs.Release, leases, lease => new ReleaseRequest(lease, options ?? new ReleaseOptions()), cancellationToken);

    public Task<WorkItem> FailAsync(LeaseToken lease, WorkFailure failure, CancellationToken cancellationToken) =>
        engine.RunOneAsync(
            Verbs.Fail, session, new FailRequest(lease, failure ?? throw new ArgumentNullException(nameof(failure))), cancellationToken);

    public Task<IReadOnlyList<WorkOutcome<WorkItem>>> FailManyAsync(IReadOnlyCollection<FailedAttempt> failures, CancellationToken cancellationToken) =>
        RunManyAsync(Verbs.Fail, failures, f => new FailRequest(f?.Lease ?? default, f?.Failure), cancellationToken);

    public Task<WorkItem> SubmitAsync<TResult>(LeaseToken lease, TResult result, SubmitOptions? options, CancellationToken cancellationToken)
        where TResult : notnull =>
        engine.RunOneAsync(Verbs.Submit, session, new SubmitRequest(lease, Result(result), options ?? new SubmitOptions()), cancellationToken);

    public Task<WorkItem> SubmitAsync<TResult>(WorkLease lease, TResult result, SubmitOptions? options, CancellationToken cancellationToken)
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(lease);
        var request = new SubmitRequest(lease.Token, Result(result), options ?? new SubmitOptions(), lease);
        return engine.RunOneAsync(Verbs.Submit, session, request, cancellationToken);
    }

    public Task<IReadOnlyList<WorkOutcome<WorkItem>>> SubmitManyAsync<TResult>(
        IReadOnlyCollection<Submission<TResult>> submissions, CancellationToken cancellationToken)
        where TResult : notnull =>
        RunManyAsync(
            Verbs.Submit,
            submissions,
            s => s is null
                ? SubmitRequest.Missing(Nothing("submission"))
                : new SubmitRequest(s.Lease, Result(s.Result), s.Options ?? new SubmitOptions(), s.Granted),
            cancellationToken);

    public Task<WorkItem> EditAsync<TResult>(Guid itemId, TResult result, EditOptions? options, CancellationToken cancellationToken)
        where TResult : notnull =>
        engine.RunAsync(Verbs.Edit, session, new EditRequest(itemId, Result(result), options ?? new EditOptions()), cancellationToken);

    public Task<OrderPreview> PreviewAsync(Guid orderId, PreviewOptions? options, CancellationToken cancellationToken) =>
        engine.RunAsync(Verbs.Preview, session, new PreviewRequest(orderId, options ?? new()), cancellationToken);

    public async Task<WorkOrder> ApproveAsync(Guid orderId, ContentHash? contentHash, CancellationToken cancellationToken) =>
        // Only a try without a person may find nothing to do.
        (await engine.RunAsync(Verbs.Approve, session, new ApproveRequest(orderId, contentHash), cancellationToken).ConfigureAwait(false))!;

    public async Task<IReadOnlyList<WorkOutcome<WorkOrder>>> ApproveManyAsync(
        IReadOnlyCollection<OrderApproval> approvals, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(approvals);
        var outcomes = new List<WorkOutcome<WorkOrder>>(approvals.Count);
        foreach (var approval in Batch<OrderApproval>.Many([.. approvals]).Requests)
        {
            outcomes.Add(await TryApproveAsync(approval, cancellationToken).ConfigureAwait(false));
        }

        return outcomes;
    }

    public Task<DecidedItems> DecideAsync(Guid orderId, IReadOnlyList<ItemDecision> decisions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(decisions);
        return engine.RunAsync(Verbs.Decide, session, new DecideRequest(orderId, decisions), cancellationToken);
    }

    public Task<WorkOrder> RejectAsync(Guid orderId, IReadOnlyList<RejectionReason> reasons, CancellationToken cancellationToken) =>
        engine.RunAsync(Verbs.Reject, session, new RejectRequest(orderId, reasons ?? throw new ArgumentNullException(nameof(reasons))), cancellationToken);

    public Task<WorkOrder> ReturnForReworkAsync(
        Guid orderId, IReadOnlyList<RejectionReason> reasons, IReadOnlyCollection<Guid>? itemIds, CancellationToken cancellationToken) =>
        engine.RunAsync(
            Verbs.Rework, session, new ReworkRequest(orderId, reasons ?? throw new ArgumentNullException(nameof(reasons)), itemIds), cancellationToken);

    public Task<WorkOrder> CancelAsync(Guid orderId, string? reason, CancellationToken cancellationToken) =>
        engine.RunAsync(Verbs.Cancel, session, new CancelRequest(orderId, reason), cancellationToken);

    public Task<WorkOrder> RetryAsync(Guid orderId, IReadOnlyCollection<Guid>? itemIds, bool keepAttempts, CancellationToken cancellationToken) =>
        engine.RunAsync(Verbs.Retry, session, new RetryRequest(orderId, itemIds, keepAttempts), cancellationToken);

    public Task<WorkOrder> DeadLetterAsync(Guid orderId, string? reason, CancellationToken cancellationToken) =>
        engine.RunAsync(Verbs.DeadLetter, session, new DeadLetterRequest(orderId, reason), cancellationToken);

    public Task<WorkOrder> ProposeReversalAsync(Guid orderId, string? comment, CancellationToken cancellationToken) =>
        engine.RunAsync(Verbs.ProposeReversal, session, new ReversalRequest(orderId, comment), cancellationToken);

    public Task<WorkOrder> CloneAsync(Guid orderId, int? priority, CancellationToken cancellationToken) =>
        engine.RunAsync(Verbs.CloneGivenUp, session, new CloneRequest(orderId, priority), cancellationToken);

    public Task<WorkOrder> HoldAsync(Guid orderId, string? reason, CancellationToken cancellationToken) =>
        engine.RunAsync(Verbs.Hold, session, new HoldRequest(orderId, reason), cancellationToken);

    public Task<WorkOrder> ResumeAsync(Guid orderId, CancellationToken cancellationToken) =>
        engine.RunAsync(Verbs.Resume, session, new ResumeRequest(orderId), cancellationToken);

    public Task<WorkOrder> SetPriorityAsync(Guid orderId, int priority, CancellationToken cancellationToken) =>
        engine.RunAsync(Verbs.Reschedule, session, new RescheduleRequest(orderId, priority, ChangesDueAt: false, null), cancellationToken);

    public Task<WorkOrder> SetDueAtAsync(Guid orderId, DateTimeOffset? dueAt, CancellationToken cancellationToken) =>
        engine.RunAsync(Verbs.Reschedule, session, new RescheduleRequest(orderId, null, ChangesDueAt: true, dueAt), cancellationToken);

    public Task<WorkOrder> GetAsync(Guid orderId, CancellationToken cancellationToken) => GetAsync(orderId, OrderParts.Items, cancellationToken);

    public Task<WorkOrder> GetAsync(Guid orderId, OrderParts include, CancellationToken cancellationToken) =>
        engine.ReadAsync("get", session, async context =>
            await context.ReadAtOneMomentAsync(
                rows => WorkQueries.FindOrderAsync(rows, orderId, include, cancellationToken), cancellationToken).ConfigureAwait(false)
            ?? throw WorkNotFoundException.Order(orderId), cancellationToken);

    public Task<WorkPage<WorkOrder>> ListAsync(OrderQuery? query, CancellationToken cancellationToken) =>
        engine.ReadAsync("list", session, context => context.ReadAsync(
            rows => WorkQueries.ListOrdersAsync(rows, query ?? new OrderQuery(), OrderParts.None, cancellationToken), cancellationToken), cancellationToken);

    public Task<WorkPage<WorkOrder>> PendingApprovalsAsync(PendingApprovalsQuery? query, CancellationToken cancellationToken) => engine.ReadAsync(
        "pending_approvals", session, context => engine.PendingApprovals.ListAsync(context, query ?? new(), cancellationToken), cancellationToken);

    public Task<WorkOrder?> TakeReviewAsync(TakeReviewOptions? options, CancellationToken cancellationToken) =>
        new ReviewQueue(engine, session, options ?? new()).TakeAsync(cancellationToken);

    public Task SkipReviewAsync(Guid orderId, string? comment, CancellationToken cancellationToken) =>
        engine.RunAsync(Verbs.SkipReview, session, new SkipReviewRequest(orderId, comment), cancellationToken);

    // Each in a transaction of its own: what one order's host code does must not undo what another's has done.
    private async Task<WorkOutcome<WorkOrder>> TryApproveAsync(OrderApproval? approval, CancellationToken cancellationToken)
    {
        try
        {
            return approval is null
                ? new(Missing("approval"))
                : new(await ApproveAsync(approval.OrderId, approval.ContentHash, cancellationToken).ConfigureAwait(false));
        }
        catch (WorkManagerException refused) when (!IsAboutTheCall(refused))
        {
            return new(refused);
        }
    }

    private static bool IsAboutTheCall(WorkManagerException refused) => refused is WorkManagerSchemaException
        || refused.Code is WorkErrorCodes.TransactionNotAllowed or WorkErrorCodes.ForeignContext or WorkErrorCodes.OtherDatabase;

    private async Task<IReadOnlyList<WorkOutcome<TResult>>> RunManyAsync<T, TRequest, TResult>(
        IVerb<Batch<TRequest>, IReadOnlyList<WorkOutcome<TResult>>> verb, IReadOnlyCollection<T> many, Func<T, TRequest> request,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(many);
        // None is done before it begins.
        return many.Count == 0
            ? []
            : await engine.RunAsync(verb, session, Batch<TRequest>.Many([.. many.Select(request)]), cancellationToken).ConfigureAwait(false);
    }

    private Task<WorkOrder> ProposeAsync(OrderTypeDescriptor type, IncomingDocument payload, ProposeOptions? options, CancellationToken cancellationToken) =>
        engine.RunOneAsync(Verbs.Propose, session, new ProposeRequest(type, payload, options ?? new ProposeOptions()), cancellationToken);

    private Task<IReadOnlyList<WorkOutcome<WorkOrder>>> ProposeManyAsync<TPayload>(
        OrderTypeDescriptor type, IReadOnlyCollection<Proposal<TPayload>> proposals, CancellationToken cancellationToken)
        where TPayload : notnull =>
        RunManyAsync(
            Verbs.Propose,
            proposals,
            p => p is null
                ? new ProposeRequest(type, Nothing("proposal"), new ProposeOptions())
                : new ProposeRequest(type, engine.Documents.Write("payload", p.Payload, type.PayloadType), p.Options ?? new ProposeOptions()),
            cancellationToken);

    private CheckoutRequest Of<TOrderType>(CheckoutRequest? request)
        where TOrderType : OrderType
    {
        var type = engine.Types.Get(typeof(TOrderType));
        return request?.Type is { } other && other != type.Key
            ? throw WorkValidationException.Argument(
                "type", ValidationCodes.OutOfRange, $"The request names the order type '{other}', and the call '{type.Key}'.")
            : (request ?? new CheckoutRequest()) with { Type = type.Key };
    }

    private IncomingDocument Payload<TPayload>(TPayload payload) => engine.Documents.Write("payload", payload, typeof(TPayload));

    private IncomingDocument Result<TResult>(TResult result) => engine.Documents.Write("result", result, typeof(TResult));

    /// <summary>In place of an entry of a batch that is null.</summary>
    private static IncomingDocument Nothing(string entry) => new(default, Missing(entry));

    private static WorkValidationException Missing(string entry) =>
        WorkValidationException.Argument(entry, ValidationCodes.Required, $"The {entry} is null.");

    private WorkOrderManager With(WorkSession other) => new(engine, other);
}
