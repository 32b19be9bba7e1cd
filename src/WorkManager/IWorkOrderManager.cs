using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace WorkManager;

/// <summary>The life of work orders: propose, check out, submit, review, apply.</summary>
/// <remarks>
/// <para>
/// Resolve it from a scope, or from <see cref="IWorkOrderManagerFactory"/> where there is none. It acts as one <see cref="Actor"/>; see <see cref="As"/>.
/// </para>
/// <para>
/// Each operation is one transaction of its own. Propose, submit, reject and cancel join the transaction that is open on the host's context;
/// all others refuse it with <c>transaction_not_allowed</c>, and so does everything inside a <see cref="System.Transactions.TransactionScope"/>.
/// </para>
/// <para>
/// The cancellation token cancels waiting and reading. From the first write on an operation runs to its end.
/// </para>
/// <para>
/// Every operation may throw <see cref="WorkManagerSchemaException"/>, which says that the migrations were not applied; <see cref="WorkBusyException"/>, if the
/// database could not do it beside the work of others, after some tries; and the provider's exceptions for other errors of the database. What the order type's
/// own code throws is the inner exception of a <see cref="WorkManagerException"/>: <c>plan_failed</c> from a proposal, <c>rule_failed</c> from a proposal or a
/// submit, <c>unreadable_document</c> where stored documents are read, <see cref="ApplyFailedException"/> from an approval. <c>other_database</c> says that the
/// order type's code would work on another database than the call.
/// </para>
/// </remarks>
public interface IWorkOrderManager
{
    /// <summary>The same operations by somebody else.</summary>
    /// <param name="actor">Who acts.</param>
    /// <returns>A manager of the same scope.</returns>
    IWorkOrderManager As(Actor actor);

    /// <summary>The same operations in the transaction that is open on another instance of the host's context.</summary>
    /// <param name="context">An instance of the context named in <c>UseDbContext</c>.</param>
    /// <returns>A manager of the same scope.</returns>
    /// <exception cref="ArgumentException">The context is of another type.</exception>
    IWorkOrderManager In(DbContext context);

    /// <summary>Proposes an order of the type whose payload this is, and plans it into items.</summary>
    /// <typeparam name="TPayload">The payload of exactly one registered order type.</typeparam>
    /// <param name="payload">What is asked for.</param>
    /// <param name="options">Priority and the like.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The order, queued, with its items.</returns>
    /// <exception cref="OrderTypeNotFoundException">No registered order type has this payload.</exception>
    /// <exception cref="OrderTypeAmbiguousException">Several have it. Name one of them.</exception>
    /// <exception cref="WorkValidationException">The payload, the priority or the plan breaks a rule (<c>validation_failed</c>, <c>empty_plan</c>).</exception>
    /// <exception cref="WorkLimitException">The payload is too large, or the plan has too many items.</exception>
    /// <exception cref="AlreadyOpenException">An open order has the <see cref="ProposeOptions.UniqueKey"/>.</exception>
    Task<WorkOrder> ProposeAsync<TPayload>(TPayload payload, ProposeOptions? options = null, CancellationToken cancellationToken = default)
        where TPayload : notnull;

    /// <summary>Proposes an order of a type, and plans it into items: for a payload that several order types have.</summary>
    /// <typeparam name="TOrderType">A registered order type.</typeparam>
    /// <param name="payload">What is asked for: the order type's payload, or JSON that is checked against it.</param>
    /// <param name="options">Priority and the like.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The order, queued, with its items.</returns>
    /// <exception cref="OrderTypeNotFoundException">The type is not registered.</exception>
    /// <exception cref="WorkManagerException">
    /// The order type has another payload (<c>type_mismatch</c>), or failed to plan this one (<c>plan_failed</c>).
    /// </exception>
    /// <exception cref="WorkValidationException">The payload, the priority or the plan breaks a rule (<c>validation_failed</c>, <c>empty_plan</c>).</exception>
    /// <exception cref="WorkLimitException">The payload is too large, or the plan has too many items.</exception>
    /// <exception cref="AlreadyOpenException">An open order has the <see cref="ProposeOptions.UniqueKey"/>.</exception>
    Task<WorkOrder> ProposeAsync<TOrderType>(object payload, ProposeOptions? options = null, CancellationToken cancellationToken = default)
        where TOrderType : OrderType;

    /// <summary>Proposes an order by type key, as the doors do.</summary>
    /// <param name="type">The key of the order type.</param>
    /// <param name="payload">What is asked for, checked strictly against the order type's payload.</param>
    /// <param name="options">Priority and the like.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The order, queued, with its items.</returns>
    /// <exception cref="OrderTypeNotFoundException">The type is not registered.</exception>
    /// <exception cref="WorkValidationException">The payload, the priority or the plan breaks a rule (<c>validation_failed</c>, <c>empty_plan</c>).</exception>
    /// <exception cref="WorkLimitException">The payload is too large, or the plan has too many items.</exception>
    /// <exception cref="AlreadyOpenException">An open order has the <see cref="ProposeOptions.UniqueKey"/>.</exception>
    Task<WorkOrder> ProposeAsync(string type, JsonElement payload, ProposeOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Proposes up to 1000 orders of the type whose payload this is, in one transaction.</summary>
    /// <typeparam name="TPayload">The payload of exactly one registered order type.</typeparam>
    /// <param name="proposals">The orders.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>
    /// One outcome per proposal, in the order of the proposals. A proposal that breaks a rule, or is null, is refused; all others are stored.
    /// </returns>
    /// <exception cref="OrderTypeNotFoundException">No registered order type has this payload.</exception>
    /// <exception cref="OrderTypeAmbiguousException">Several have it. Name one of them.</exception>
    /// <exception cref="WorkValidationException">There are too many.</exception>
    Task<IReadOnlyList<WorkOutcome<WorkOrder>>> ProposeManyAsync<TPayload>(
        IReadOnlyCollection<Proposal<TPayload>> proposals, CancellationToken cancellationToken = default)
        where TPayload : notnull;

    /// <summary>Proposes up to 1000 orders of a type, in one transaction: for a payload that several order types have.</summary>
    /// <typeparam name="TOrderType">A registered order type.</typeparam>
    /// <typeparam name="TPayload">Its payload.</typeparam>
    /// <param name="proposals">The orders.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>
    /// One outcome per proposal, in the order of the proposals. A proposal that breaks a rule, or is null, is refused; all others are stored.
    /// </returns>
    /// <exception cref="OrderTypeNotFoundException">The type is not registered.</exception>
    /// <exception cref="WorkManagerException">The order type has another payload (<c>type_mismatch</c>).</exception>
    /// <exception cref="WorkValidationException">There are too many.</exception>
    Task<IReadOnlyList<WorkOutcome<WorkOrder>>> ProposeManyAsync<TOrderType, TPayload>(
        IReadOnlyCollection<Proposal<TPayload>> proposals, CancellationToken cancellationToken = default)
        where TOrderType : OrderType
        where TPayload : notnull;

    /// <summary>Leases the next item: highest priority first, then first in.</summary>
    /// <param name="request">What to look for; null for any item of the order types that are registered in this process.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The lease; null if there is no work, or if other agents were taking the rest of it at that moment. Ask again after a while.</returns>
    /// <exception cref="WorkNotFoundException">The request names an order that does not exist.</exception>
    /// <exception cref="OrderTypeNotFoundException">The request names a type that is not registered, or only an order of such a type.</exception>
    /// <exception cref="WorkValidationException">The request is out of range.</exception>
    Task<WorkLease?> CheckoutAsync(CheckoutRequest? request = null, CancellationToken cancellationToken = default);

    /// <summary>Leases the next item of an order type.</summary>
    /// <typeparam name="TOrderType">A registered order type.</typeparam>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The lease; null if there is nothing to do.</returns>
    /// <exception cref="OrderTypeNotFoundException">The type is not registered.</exception>
    Task<WorkLease?> CheckoutAsync<TOrderType>(CancellationToken cancellationToken = default)
        where TOrderType : OrderType;

    /// <summary>Leases the next item of an order type.</summary>
    /// <typeparam name="TOrderType">A registered order type.</typeparam>
    /// <param name="request">What else must hold; null for nothing.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The lease; null if there is nothing to do.</returns>
    /// <exception cref="WorkNotFoundException">The request names an order that does not exist.</exception>
    /// <exception cref="OrderTypeNotFoundException">The type is not registered.</exception>
    /// <exception cref="WorkValidationException">The request is out of range, or names another type.</exception>
    Task<WorkLease?> CheckoutAsync<TOrderType>(CheckoutRequest? request, CancellationToken cancellationToken = default)
        where TOrderType : OrderType;

    /// <summary>Leases up to a number of items at once.</summary>
    /// <param name="count">How many, 1 to 1000.</param>
    /// <param name="request">What to look for; null for any item of the order types that are registered in this process.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The leases, in the order in which they are to be worked on; empty if there is nothing to do.</returns>
    /// <exception cref="WorkNotFoundException">The request names an order that does not exist.</exception>
    /// <exception cref="OrderTypeNotFoundException">The request names a type that is not registered, or only an order of such a type.</exception>
    /// <exception cref="WorkValidationException">The count or the request is out of range.</exception>
    Task<IReadOnlyList<WorkLease>> CheckoutManyAsync(int count, CheckoutRequest? request = null, CancellationToken cancellationToken = default);

    /// <summary>Leases up to a number of items of an order type at once.</summary>
    /// <typeparam name="TOrderType">A registered order type.</typeparam>
    /// <param name="count">How many, 1 to 1000.</param>
    /// <param name="request">What else must hold; null for nothing.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The leases, in the order in which they are to be worked on; empty if there is nothing to do.</returns>
    /// <exception cref="WorkNotFoundException">The request names an order that does not exist.</exception>
    /// <exception cref="OrderTypeNotFoundException">The type is not registered.</exception>
    /// <exception cref="WorkValidationException">The count or the request is out of range, or the request names another type.</exception>
    Task<IReadOnlyList<WorkLease>> CheckoutManyAsync<TOrderType>(int count, CheckoutRequest? request = null, CancellationToken cancellationToken = default)
        where TOrderType : OrderType;

    /// <summary>Extends a lease by its time to live, from now on. The first one says that work has begun.</summary>
    /// <param name="lease">The lease; a <see cref="WorkLease"/> converts to it.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>When the lease runs out now.</returns>
    /// <exception cref="LeaseLostException">The caller holds no live lease.</exception>
    /// <exception cref="WorkNotFoundException">There is no such item.</exception>
    Task<DateTimeOffset> HeartbeatAsync(LeaseToken lease, CancellationToken cancellationToken = default);

    /// <summary>Extends up to 1000 leases, in one transaction.</summary>
    /// <param name="leases">The leases.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>
    /// One outcome per lease, in their order. An item that somebody else has locked is not waited for: its outcome is <see cref="WorkBusyException"/>.
    /// </returns>
    /// <exception cref="WorkValidationException">There are too many.</exception>
    Task<IReadOnlyList<WorkOutcome<DateTimeOffset>>> HeartbeatManyAsync(IReadOnlyCollection<LeaseToken> leases, CancellationToken cancellationToken = default);

    /// <summary>A heartbeat that says how far the work has come: <see cref="WorkItem.Progress"/>, until the lease ends.</summary>
    /// <param name="lease">The lease; a <see cref="WorkLease"/> converts to it.</param>
    /// <param name="progress">0 to 100, in percent. Nothing follows from it; it may fall.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>When the lease runs out now.</returns>
    /// <exception cref="LeaseLostException">The caller holds no live lease.</exception>
    /// <exception cref="WorkNotFoundException">There is no such item.</exception>
    /// <exception cref="WorkValidationException">The progress is not 0 to 100. The lease is not extended.</exception>
    Task<DateTimeOffset> ReportProgressAsync(LeaseToken lease, int progress, CancellationToken cancellationToken = default);

    /// <summary>Up to 1000 heartbeats that say how far the work on each item has come, in one transaction.</summary>
    /// <param name="leases">The leases with their progress. Of a lease that is named twice, the last one counts.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>
    /// One outcome per lease, in their order. An item that somebody else has locked is not waited for: its outcome is <see cref="WorkBusyException"/>. A
    /// progress that is not 0 to 100 is a <see cref="WorkValidationException"/>, and that lease is not extended.
    /// </returns>
    /// <exception cref="WorkValidationException">There are too many.</exception>
    Task<IReadOnlyList<WorkOutcome<DateTimeOffset>>> ReportProgressManyAsync(
        IReadOnlyCollection<LeaseProgress> leases, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives a lease back: the item returns to the queue and costs no attempt, up to <see cref="RetryOptions.MaxReleases"/> times; from then on each time
    /// costs one.
    /// </summary>
    /// <param name="lease">The lease; a <see cref="WorkLease"/> converts to it.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The item: queued, or failed if its last attempt is spent.</returns>
    /// <exception cref="LeaseLostException">The caller holds no live lease.</exception>
    /// <exception cref="WorkNotFoundException">There is no such item.</exception>
    Task<WorkItem> ReleaseAsync(LeaseToken lease, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives a lease back, and says until when or why. It costs no attempt, up to <see cref="RetryOptions.MaxReleases"/> times; from then on each time costs
    /// one, unless the holder shuts down.
    /// </summary>
    /// <param name="lease">The lease; a <see cref="WorkLease"/> converts to it.</param>
    /// <param name="options">When the item can be claimed again, and why it was given back; null for at once.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The item: queued, or failed if its last attempt is spent.</returns>
    /// <exception cref="LeaseLostException">The caller holds no live lease.</exception>
    /// <exception cref="WorkNotFoundException">There is no such item.</exception>
    /// <exception cref="WorkValidationException">The reason is too long, or the time too far away.</exception>
    Task<WorkItem> ReleaseAsync(LeaseToken lease, ReleaseOptions? options, CancellationToken cancellationToken = default);

    /// <summary>Gives up to 1000 leases back, in one transaction.</summary>
    /// <param name="leases">The leases.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>
    /// One outcome per lease, in their order. An item that somebody else has locked is not waited for: its outcome is <see cref="WorkBusyException"/>.
    /// </returns>
    /// <exception cref="WorkValidationException">There are too many.</exception>
    Task<IReadOnlyList<WorkOutcome<WorkItem>>> ReleaseManyAsync(IReadOnlyCollection<LeaseToken> leases, CancellationToken cancellationToken = default);

    /// <summary>Gives up to 1000 leases back, in one transaction, all for the same reason.</summary>
    /// <param name="leases">The leases.</param>
    /// <param name="options">When the items can be claimed again, and why they were given back; null for at once.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>
    /// One outcome per lease, in their order. An item that somebody else has locked is not waited for: its outcome is <see cref="WorkBusyException"/>.
    /// </returns>
    /// <exception cref="WorkValidationException">There are too many.</exception>
    Task<IReadOnlyList<WorkOutcome<WorkItem>>> ReleaseManyAsync(
        IReadOnlyCollection<LeaseToken> leases, ReleaseOptions? options, CancellationToken cancellationToken = default);

    /// <summary>
    /// Says that the holder could not do the work. That costs an attempt: the item returns to the queue after a pause, or fails if the failure is final or
    /// the last attempt is spent. The next holder sees it in <see cref="WorkLease.EarlierFailures"/>.
    /// </summary>
    /// <param name="lease">The lease; a <see cref="WorkLease"/> converts to it.</param>
    /// <param name="failure">What went wrong, and whether and when to try again.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The item: queued or failed.</returns>
    /// <exception cref="LeaseLostException">The caller holds no live lease.</exception>
    /// <exception cref="WorkNotFoundException">There is no such item.</exception>
    /// <exception cref="WorkValidationException">The code or the message is missing or too long, or the pause out of range.</exception>
    /// <exception cref="WorkLimitException">The details are too large, or nested too deep.</exception>
    Task<WorkItem> FailAsync(LeaseToken lease, WorkFailure failure, CancellationToken cancellationToken = default);

    /// <summary>Says of up to 1000 leases that the work could not be done, in one transaction.</summary>
    /// <param name="failures">The leases, and what went wrong with each.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>
    /// One outcome per failure, in their order. One that breaks a rule, or is null, is refused; an item that somebody else has locked is not waited for: its
    /// outcome is <see cref="WorkBusyException"/>.
    /// </returns>
    /// <exception cref="WorkValidationException">There are too many.</exception>
    Task<IReadOnlyList<WorkOutcome<WorkItem>>> FailManyAsync(IReadOnlyCollection<FailedAttempt> failures, CancellationToken cancellationToken = default);

    /// <summary>Submits the result of an item, and ends the lease. The last result of an order submits the order.</summary>
    /// <typeparam name="TResult">
    /// The result of the item's order type. If that is polymorphic, name it: <c>SubmitAsync&lt;Shape&gt;(lease, new Circle(1))</c>. A <c>Circle</c> by itself
    /// has no discriminator.
    /// </typeparam>
    /// <param name="lease">The lease; a <see cref="WorkLease"/> converts to it.</param>
    /// <param name="result">The result.</param>
    /// <param name="options">Evidence and notes for the audit trail.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>
    /// The item as it was submitted. An order type that approves automatically has been applied when the call returns,
    /// unless the caller's transaction was joined.
    /// </returns>
    /// <exception cref="WorkValidationException">
    /// The result is refused. The lease stays, no attempt is spent, and <see cref="WorkItem.Error"/> says why; correct the result and submit again.
    /// </exception>
    /// <exception cref="WorkLimitException">The result is too large.</exception>
    /// <exception cref="LeaseLostException">The caller holds no live lease, for example because the result was submitted already.</exception>
    /// <exception cref="WorkNotFoundException">There is no such item.</exception>
    /// <exception cref="OrderTypeNotFoundException">The item's order type is not registered in this process.</exception>
    Task<WorkItem> SubmitAsync<TResult>(LeaseToken lease, TResult result, SubmitOptions? options = null, CancellationToken cancellationToken = default)
        where TResult : notnull;

    /// <summary>
    /// Submits the result of an item with the lease as it was granted. The lease has the input that the check needs, so the item is not read again.
    /// </summary>
    /// <inheritdoc cref="SubmitAsync{TResult}(LeaseToken, TResult, SubmitOptions?, CancellationToken)"/>
    Task<WorkItem> SubmitAsync<TResult>(WorkLease lease, TResult result, SubmitOptions? options = null, CancellationToken cancellationToken = default)
        where TResult : notnull;

    /// <summary>
    /// Submits up to 1000 results, in one transaction. The faster way, and for many results of one order the only one that does not queue up.
    /// </summary>
    /// <typeparam name="TResult">The result of the items' order type.</typeparam>
    /// <param name="submissions">The results.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>
    /// One outcome per result, in the order of the results. A result that the single call would refuse is refused; all others are stored.
    /// An item that somebody else has locked is not waited for: its outcome is <see cref="WorkBusyException"/>.
    /// </returns>
    /// <exception cref="WorkValidationException">There are too many.</exception>
    /// <exception cref="WorkLimitException">They have more than 64 Mi characters of JSON together (<c>payload_too_large</c>).</exception>
    Task<IReadOnlyList<WorkOutcome<WorkItem>>> SubmitManyAsync<TResult>(
        IReadOnlyCollection<Submission<TResult>> submissions, CancellationToken cancellationToken = default)
        where TResult : notnull;

    /// <summary>Tells what the apply of a submitted order would change now: it runs, is saved, and is rolled back.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="options">Null for a preview alone.</param>
    /// <param name="cancellationToken">Cancels waiting and reading, and is given to the host's apply.</param>
    /// <returns>The changes, and the hash to approve exactly these by.</returns>
    /// <remarks>
    /// It takes the locks of an apply, and on SQLite the database's writer, for at most <see cref="ReviewOptions.TimeLimit"/>. Numbers that the database has
    /// given out meanwhile, such as those of a sequence, are used up. Messages for after the commit are not sent. What was shown is kept with the order's
    /// decisions, so that the previews of others can name this order if it changes the same rows (<see cref="OrderPreview.OverlappingOrders"/>).
    /// </remarks>
    /// <exception cref="WorkNotFoundException">There is no such order.</exception>
    /// <exception cref="OrderNotReadyException">Items are missing.</exception>
    /// <exception cref="OrderTypeNotFoundException">The order's type is not registered in this process.</exception>
    /// <exception cref="IllegalTransitionException">The order is in no state to be approved, such as completed.</exception>
    /// <exception cref="StaleReviewException"><see cref="PreviewOptions.Since"/> is the hash of no preview of the order.</exception>
    /// <exception cref="WorkLimitException">The apply took too long (<c>preview_too_slow</c>).</exception>
    /// <exception cref="ApplyFailedException">The order type's apply threw, or the database refused what it stored: an approval would fail, too.</exception>
    Task<OrderPreview> PreviewAsync(Guid orderId, PreviewOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Approves a submitted order and applies it, in one transaction with the host's data.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="contentHash">
    /// The <see cref="OrderPreview.ContentHash"/> of a preview: exactly what that showed is applied, or nothing. Null to apply the order as it is, if its type
    /// allows that; see <see cref="OrderType.Review"/>.
    /// </param>
    /// <param name="cancellationToken">Cancels waiting and reading, and is given to the host's apply.</param>
    /// <returns>
    /// The order with its items: completed; still submitted if more people have to approve it (<see cref="OrderTypeAttribute.Approvals"/>); approved if it is
    /// applied later (<see cref="OrderTypeAttribute.DeferApply"/>).
    /// </returns>
    /// <exception cref="WorkNotFoundException">There is no such order.</exception>
    /// <exception cref="OrderNotReadyException">Items are missing or not decided about, or the order type gives reasons against it.</exception>
    /// <exception cref="ApprovalDeniedException">
    /// The actor may not: see <see cref="ApprovalDeniedException.Reason"/>. The attempt is recorded in the audit trail.
    /// </exception>
    /// <exception cref="OrderTypeNotFoundException">The order's type is not registered in this process.</exception>
    /// <exception cref="IllegalTransitionException">The order is in no state to be approved, such as completed.</exception>
    /// <exception cref="StaleReviewException">
    /// Something is not as it was when it was reviewed (<c>stale_review</c>), or no hash is given where one is needed (<c>content_hash_required</c>).
    /// </exception>
    /// <exception cref="ApplyFailedException">The order type's apply threw. Nothing was changed but the audit trail; approve again to retry.</exception>
    Task<WorkOrder> ApproveAsync(Guid orderId, ContentHash? contentHash = null, CancellationToken cancellationToken = default);

    /// <summary>Approves several orders, one after the other, each in a transaction of its own.</summary>
    /// <param name="approvals">At most 1,000, in the order in which they are to be applied.</param>
    /// <param name="cancellationToken">Cancels the approval that is under way, and the rest; see the remarks.</param>
    /// <returns>
    /// For each approval, in the same order, what <see cref="ApproveAsync"/> returns, or its error. One that is refused does not stop the others.
    /// </returns>
    /// <remarks>
    /// A cancellation, an error of the database, and what is about the call and not about one order (<c>transaction_not_allowed</c>, <c>foreign_context</c>,
    /// <c>other_database</c>, or the schema) are thrown, and end the call. What was applied before stays applied: send the same approvals again, and
    /// <see cref="IllegalTransitionException"/> says which are done.
    /// </remarks>
    /// <exception cref="WorkValidationException">There are more than 1,000. None was approved.</exception>
    Task<IReadOnlyList<WorkOutcome<WorkOrder>>> ApproveManyAsync(
        IReadOnlyCollection<OrderApproval> approvals, CancellationToken cancellationToken = default);

    /// <summary>Decides about single items of a submitted order: accept, return or reject their results.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="decisions">What is decided, at most once about each item; 1 to 10,000. All of them are stored, or none.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The order, and the new one of the items that were returned, if the order type makes one.</returns>
    /// <remarks>
    /// Nothing is applied: what is accepted stands in <see cref="WorkOrder.Decisions"/> until the order is approved. As soon as one item is accepted, an
    /// approval needs a decision about each. What becomes of the order when items are returned says <see cref="OrderTypeAttribute.ReturnedItems"/>. If no
    /// result is left, the order is rejected.
    /// </remarks>
    /// <exception cref="WorkNotFoundException">There is no such order, or it has no such item.</exception>
    /// <exception cref="WorkValidationException">
    /// There is no decision, or two about an item, or one has no reason; or something is accepted or rejected that goes back with an item on which it depends.
    /// </exception>
    /// <exception cref="ApprovalDeniedException">The actor is an agent, is not named, or may not accept the item.</exception>
    /// <exception cref="OrderTypeNotFoundException">The order's type is not registered in this process.</exception>
    /// <exception cref="IllegalTransitionException">The order or an item is not submitted.</exception>
    /// <exception cref="OrderNotReadyException">The order is held.</exception>
    /// <exception cref="WorkManagerException">What is returned waits for something that came to nothing (<c>dependency_failed</c>).</exception>
    /// <exception cref="StaleReviewException">An item has another result than the one that was read.</exception>
    /// <exception cref="WorkLimitException">An item was returned too often (<c>rework_limit</c>).</exception>
    Task<DecidedItems> DecideAsync(Guid orderId, IReadOnlyList<ItemDecision> decisions, CancellationToken cancellationToken = default);

    /// <summary>
    /// Corrects the result of an item that waits for review. The new result is checked like a submitted one, takes its place, and is what is applied. Both are
    /// kept in the decisions of the order (<see cref="WorkDecision.Baseline"/>, <see cref="WorkDecision.Changes"/>).
    /// </summary>
    /// <typeparam name="TResult">The result of the item's order type.</typeparam>
    /// <param name="itemId">The item, submitted.</param>
    /// <param name="result">The whole result as it is to be.</param>
    /// <param name="options">Why, and which result it is that is corrected; null for nothing.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The item. If its result is this one already, nothing was written.</returns>
    /// <remarks>
    /// Whoever edits counts as one who submitted work of the order: by default somebody else has to approve it. Approvals that were given before are void, the
    /// order is not approved automatically any more, and a preview from before is outdated.
    /// </remarks>
    /// <exception cref="WorkNotFoundException">There is no such item.</exception>
    /// <exception cref="OrderTypeNotFoundException">The item's order type is not registered in this process.</exception>
    /// <exception cref="WorkValidationException">The result breaks a rule, or the comment is too long or has a character that cannot be stored.</exception>
    /// <exception cref="WorkLimitException">The result is too large.</exception>
    /// <exception cref="IllegalTransitionException">The order does not wait for review, or the item has no result to be reviewed.</exception>
    /// <exception cref="OrderNotReadyException">The order is held.</exception>
    /// <exception cref="StaleReviewException">The result is not the one that <see cref="EditOptions.ResultHash"/> names.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is not named, is an agent, or has not the role that the order type asks for.</exception>
    Task<WorkItem> EditAsync<TResult>(Guid itemId, TResult result, EditOptions? options = null, CancellationToken cancellationToken = default)
        where TResult : notnull;

    /// <summary>Refuses an order: it ends as rejected, unless it is returned for rework. Leases on its items end; submitted items are rejected.</summary>
    /// <param name="orderId">The order, submitted or still being worked on.</param>
    /// <param name="reasons">Why: at least one.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The order, rejected.</returns>
    /// <exception cref="WorkNotFoundException">There is no such order.</exception>
    /// <exception cref="WorkValidationException">There is no reason, or one without code or message.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is not named, or is an agent that did not propose the order.</exception>
    /// <exception cref="IllegalTransitionException">The order is in no state to be rejected, such as completed.</exception>
    Task<WorkOrder> RejectAsync(Guid orderId, IReadOnlyList<RejectionReason> reasons, CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns results for rework: their items go back to the queue with the reasons, and keep their parts; the others stay submitted. Items that failed, in an
    /// order that went on without them, can be returned, too. Also an order that was rejected or cancelled can be returned, as a whole, with the items that had
    /// failed; but not by an agent, and from then on a person approves it, whatever its order type says.
    /// </summary>
    /// <param name="orderId">The order.</param>
    /// <param name="reasons">Why, 1 to 100 reasons. The next holders see them in <see cref="WorkLease.EarlierFailures"/>.</param>
    /// <param name="itemIds">The items; null for all.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The order, queued, without its items.</returns>
    /// <exception cref="WorkNotFoundException">There is no such order, or it has no such item.</exception>
    /// <exception cref="WorkValidationException">The reasons break a rule, no item is named, or items of a rejected order are.</exception>
    /// <exception cref="IllegalTransitionException">
    /// The order is neither submitted nor rejected, or an item that is named has neither a result nor failed.
    /// </exception>
    /// <exception cref="WorkLimitException">An item was returned as often as it may be (<c>rework_limit</c>).</exception>
    /// <exception cref="AlreadyOpenException">The order was closed, and an open one has its unique key.</exception>
    /// <exception cref="ApprovalDeniedException">
    /// Nobody was named who acts, or an agent returns what it did not propose, or what was rejected or cancelled.
    /// </exception>
    Task<WorkOrder> ReturnForReworkAsync(
        Guid orderId, IReadOnlyList<RejectionReason> reasons, IReadOnlyCollection<Guid>? itemIds = null, CancellationToken cancellationToken = default);

    /// <summary>Withdraws an order. Leases on its items end.</summary>
    /// <param name="orderId">The order, submitted or still being worked on.</param>
    /// <param name="reason">Why, for the audit trail: up to 2,000 characters.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The order, rejected.</returns>
    /// <exception cref="WorkNotFoundException">There is no such order.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is not named, or is an agent that did not propose the order.</exception>
    /// <exception cref="WorkValidationException">The reason is too long, or has a character that cannot be stored.</exception>
    /// <exception cref="IllegalTransitionException">The order is in no state to be withdrawn, such as completed.</exception>
    Task<WorkOrder> CancelAsync(Guid orderId, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Puts failed items into the queue again, of an order that has failed or that is still worked on. Their attempts begin anew, unless you say otherwise.
    /// The others stay as they are; results that were submitted are kept.
    /// </summary>
    /// <param name="orderId">The order. If it is submitted without some of its items, return those for rework instead.</param>
    /// <param name="itemIds">The failed items; null for all.</param>
    /// <param name="keepAttempts">Whether the attempts that the items had count on. One that has none left gets one more.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The order, without its items.</returns>
    /// <exception cref="WorkNotFoundException">There is no such order, or it has no such item.</exception>
    /// <exception cref="WorkValidationException">
    /// No item is named; or one failed item fails orders of this type at once, and not all that failed are named.
    /// </exception>
    /// <exception cref="IllegalTransitionException">
    /// The order is submitted or closed, it has no failed item, or an item that is named has not failed.
    /// </exception>
    /// <exception cref="ApprovalDeniedException">The actor is not named, or is an agent that did not propose the order.</exception>
    Task<WorkOrder> RetryAsync(
        Guid orderId, IReadOnlyCollection<Guid>? itemIds = null, bool keepAttempts = false, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives up an order that has failed or was rejected, for good. <see cref="WorkOrder.ReadError"/> keeps what went wrong with its items.
    /// </summary>
    /// <param name="orderId">The order.</param>
    /// <param name="reason">Why, for the audit trail: up to 2,000 characters.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The order, dead-lettered, without its items.</returns>
    /// <exception cref="WorkNotFoundException">There is no such order.</exception>
    /// <exception cref="WorkValidationException">The reason is too long, or has a character that cannot be stored.</exception>
    /// <exception cref="IllegalTransitionException">The order has neither failed nor been rejected.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is not named, or is an agent that did not propose the order.</exception>
    Task<WorkOrder> DeadLetterAsync(Guid orderId, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Proposes what an order that was given up had asked for once more: a new order, planned anew, with the same payload and <see cref="WorkOrder.Meta"/>,
    /// to which it adds <c>cloned_from</c>. <see cref="WorkOrder.ParentOrderId"/> is the old order.
    /// </summary>
    /// <param name="orderId">The order, dead-lettered.</param>
    /// <param name="priority">The priority of the new order, 0 to 100; null for that of the old one.</param>
    /// <param name="cancellationToken">Cancels planning, and waiting for the transaction to begin.</param>
    /// <returns>The new order with its items.</returns>
    /// <exception cref="WorkNotFoundException">There is no such order.</exception>
    /// <exception cref="OrderTypeNotFoundException">The order's type is not registered in this process.</exception>
    /// <exception cref="WorkValidationException">The payload breaks the rules that its type has now, or the priority is out of range.</exception>
    /// <exception cref="IllegalTransitionException">The order is not dead-lettered.</exception>
    /// <exception cref="AlreadyOpenException">An open order has its unique key.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is not named, or is an agent that did not propose the order.</exception>
    /// <exception cref="WorkManagerException">The payload cannot be read (<c>unreadable_document</c>), or planning it threw (<c>plan_failed</c>).</exception>
    Task<WorkOrder> CloneAsync(Guid orderId, int? priority = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Proposes to put back what a completed order has changed: a new order of the type <c>key.reversal</c>, which is submitted at once, and is previewed,
    /// approved and applied like any other. <see cref="WorkOrder.ParentOrderId"/> is the order that it reverses. Its order type is
    /// <see cref="OrderTypeAttribute.Reversible"/>.
    /// </summary>
    /// <param name="orderId">The order, completed.</param>
    /// <param name="comment">Why, for its reviewers: up to 2,000 characters; null for nothing.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The new order with its item, which counts as submitted by the actor: somebody else has to approve it.</returns>
    /// <exception cref="WorkNotFoundException">There is no such order.</exception>
    /// <exception cref="OrderTypeNotFoundException">The order's type is not registered in this process.</exception>
    /// <exception cref="WorkValidationException">The comment is too long, or has a character that cannot be stored.</exception>
    /// <exception cref="IllegalTransitionException">The order is not completed.</exception>
    /// <exception cref="ReversalConflictException">Rows are not as the order left them, or others refer to them by now. An apply checks that, too.</exception>
    /// <exception cref="AlreadyOpenException">A reversal of the order is open.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is not named, or is an agent that did not propose the order.</exception>
    /// <exception cref="WorkManagerException">
    /// What the order changed was not kept, or cannot be put back (<c>not_reversible</c>), or there is a transaction of the caller's
    /// (<c>transaction_not_allowed</c>).
    /// </exception>
    Task<WorkOrder> ProposeReversalAsync(Guid orderId, string? comment = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Holds an order: leases on its items end, nobody can claim them, and it is not approved, until it is resumed. An order that is held already stays as it
    /// is.
    /// </summary>
    /// <param name="orderId">The order, submitted or still being worked on.</param>
    /// <param name="reason">Why, for the audit trail: up to 2,000 characters.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The order, without its items.</returns>
    /// <exception cref="WorkNotFoundException">There is no such order.</exception>
    /// <exception cref="WorkValidationException">The reason is too long, or has a character that cannot be stored.</exception>
    /// <exception cref="IllegalTransitionException">The order is neither submitted nor worked on.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is not named, or is an agent.</exception>
    Task<WorkOrder> HoldAsync(Guid orderId, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Lets an order go on that was held. Its items keep their time and their priority. An order that is not held stays as it is.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The order, without its items.</returns>
    /// <exception cref="WorkNotFoundException">There is no such order.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is not named, or is an agent.</exception>
    Task<WorkOrder> ResumeAsync(Guid orderId, CancellationToken cancellationToken = default);

    /// <summary>Changes the priority of an open order and of its items.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="priority">0 to 100; higher is served first.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The order, without its items.</returns>
    /// <exception cref="WorkNotFoundException">There is no such order.</exception>
    /// <exception cref="WorkValidationException">The priority is out of range.</exception>
    /// <exception cref="IllegalTransitionException">The order is closed.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is not named, or is an agent that did not propose the order.</exception>
    Task<WorkOrder> SetPriorityAsync(Guid orderId, int priority, CancellationToken cancellationToken = default);

    /// <summary>Changes when an open order is due.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="dueAt">When the work should be done; null for no due time.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>The order, without its items.</returns>
    /// <exception cref="WorkNotFoundException">There is no such order.</exception>
    /// <exception cref="IllegalTransitionException">The order is closed.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is not named, or is an agent that did not propose the order.</exception>
    Task<WorkOrder> SetDueAtAsync(Guid orderId, DateTimeOffset? dueAt, CancellationToken cancellationToken = default);

    /// <summary>Reads an order with its items.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The order.</returns>
    /// <exception cref="WorkNotFoundException">There is no such order.</exception>
    Task<WorkOrder> GetAsync(Guid orderId, CancellationToken cancellationToken = default);

    /// <summary>Reads an order and what belongs to it, as of one moment.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="include">What to read with it.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The order.</returns>
    /// <exception cref="WorkNotFoundException">There is no such order.</exception>
    Task<WorkOrder> GetAsync(Guid orderId, OrderParts include, CancellationToken cancellationToken = default);

    /// <summary>Reads a page of orders, newest first.</summary>
    /// <param name="query">Filters and page; null for the newest orders.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The page.</returns>
    /// <exception cref="InvalidQueryException">The page size is out of range, or the cursor was not issued here.</exception>
    Task<WorkPage<WorkOrder>> ListAsync(OrderQuery? query = null, CancellationToken cancellationToken = default);

    /// <summary>Lists submitted orders that the actor may approve, the earliest due first; see <see cref="As"/>.</summary>
    /// <param name="query">Which, and which page; null for the first page of all.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>
    /// The page, of at most <see cref="PendingApprovalsQuery.Limit"/> orders without items; it may have fewer and go on, where an
    /// <see cref="IApprovalPolicy"/> is against many. Left out is what is held, what the actor has approved already or
    /// may not approve, what others have taken, and what the engine approves by itself.
    /// </returns>
    /// <exception cref="ApprovalDeniedException">The actor is an agent, or is not named.</exception>
    /// <exception cref="InvalidQueryException">The page size is out of range, or the cursor was not issued here.</exception>
    Task<WorkPage<WorkOrder>> PendingApprovalsAsync(PendingApprovalsQuery? query = null, CancellationToken cancellationToken = default);

    /// <summary>Takes an order that the actor may approve, so that nobody else is offered it for a while; see <see cref="As"/>.</summary>
    /// <param name="options">Which, and for how long; null for the next one, for 15 minutes.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <returns>
    /// The order without items: the one that the actor has taken before and not decided about, whose time begins anew; or else the first of
    /// <see cref="PendingApprovalsAsync"/> that the actor has not skipped. Null if there is none at this moment: also if
    /// <see cref="TakeReviewOptions.OrderId"/> is not among them, because somebody else has taken it, for example. An order that the actor has taken is also
    /// returned while it is locked, as by a preview, but then its time goes on.
    /// </returns>
    /// <remarks>
    /// It is an agreement between reviewers, and no lock: whoever may approve or reject the order still may. It ends when its time is over, by
    /// <see cref="SkipReviewAsync"/>, when the actor has approved, and when the order is returned or closed. It is a decision of the order, <c>take</c>.
    /// </remarks>
    /// <exception cref="ApprovalDeniedException">The actor is an agent, or is not named.</exception>
    /// <exception cref="WorkNotFoundException">There is no order of <see cref="TakeReviewOptions.OrderId"/>.</exception>
    /// <exception cref="WorkBusyException">
    /// The order of <see cref="TakeReviewOptions.OrderId"/> is locked by another call, or the database found a conflict. Send it again.
    /// </exception>
    /// <exception cref="WorkValidationException"><see cref="TakeReviewOptions.For"/> is out of range.</exception>
    /// <exception cref="InvalidQueryException"><see cref="TakeReviewOptions.Type"/> cannot be the key of a type.</exception>
    Task<WorkOrder?> TakeReviewAsync(TakeReviewOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Gives back an order that the actor has taken, and does not offer it to the actor again until something about it changes.</summary>
    /// <param name="orderId">The order. It need not have been taken.</param>
    /// <param name="comment">Why, for others to read; null if it is not said. At most 2,000 characters.</param>
    /// <param name="cancellationToken">Cancels waiting and reading.</param>
    /// <remarks>
    /// <see cref="TakeReviewAsync"/> leaves it out from then on; <see cref="PendingApprovalsAsync"/> still lists it. It is a decision of the order,
    /// <c>skip</c>.
    /// </remarks>
    /// <exception cref="WorkNotFoundException">There is no such order.</exception>
    /// <exception cref="IllegalTransitionException">The order does not wait for review.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is an agent, or is not named.</exception>
    /// <exception cref="WorkValidationException">The comment is too long, or has characters that cannot be stored.</exception>
    Task SkipReviewAsync(Guid orderId, string? comment = null, CancellationToken cancellationToken = default);
}
