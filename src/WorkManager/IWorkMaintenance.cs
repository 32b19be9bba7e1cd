namespace WorkManager;

/// <summary>The duties that keep work flowing, and what operators do to many orders at once.</summary>
/// <remarks>
/// <para>
/// Each duty does its work once: run them on a schedule, in any number of processes. They take turns: who finds a duty taken does nothing, and returns a result
/// that counts nothing. A turn lasts a minute, and is renewed between batches; if the process that has it dies, or a batch takes longer, the next one begins
/// after that, which does no harm. The row of a duty is a <see cref="WorkDuty"/>. What only reads, as a dry run or <see cref="FindStaleAsync"/>, and what you
/// choose by a selection takes no turns.
/// </para>
/// <para>
/// A singleton. Each call serves all tenants of a database, a selection without a tenant too, and runs in a scope of its own: where a scoped service chooses
/// the database, call <see cref="In"/> for each.
/// </para>
/// </remarks>
public interface IWorkMaintenance
{
    /// <summary>The same duties on the database that a scope of yours has chosen.</summary>
    /// <param name="scope">The scope. What <c>CarryScope</c> names is carried from it into the scopes in which orders are applied.</param>
    /// <returns>The duties, as long as the scope lives.</returns>
    IWorkMaintenance In(IServiceProvider scope);

    /// <summary>The same in the name of an operator. Duties act as <c>system:maintenance</c> otherwise.</summary>
    /// <param name="actor">Who acts: it stands in the audit trail, and in the row of a type that is paused.</param>
    /// <returns>The duties.</returns>
    IWorkMaintenance As(Actor actor);

    /// <summary>
    /// Takes back every lease that has run out: the item returns to the queue after a pause, or fails once its attempts are used up.
    /// </summary>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>How many leases were taken back.</returns>
    Task<int> ReclaimExpiredAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Approves every submitted order whose type had <see cref="OrderType.AutoApprove"/> when it was proposed, still has it, and that is not approved yet:
    /// because the process died after the last result, because that result was part of a transaction of yours, because a checkout took back the last lease of
    /// an order that goes on without the item, or because an earlier try failed. A try that fails is repeated after <see cref="RetryOptions.Backoff"/>, doubled
    /// with each failure; <see cref="WorkOrder.ReadError"/> says what failed last. Likewise it applies the approved orders whose type has
    /// <see cref="OrderTypeAttribute.DeferApply"/>.
    /// </summary>
    /// <param name="cancellationToken">Stops before the next order.</param>
    /// <returns>How many orders were approved or applied. Orders of types that this process does not know are left to others.</returns>
    Task<int> ApproveDueAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives up every order that has been failed for <see cref="MaintenanceOptions.DeadLetterAfter"/>, as <see cref="IWorkOrderManager.DeadLetterAsync"/> does.
    /// </summary>
    /// <param name="cancellationToken">Stops before the next order.</param>
    /// <returns>How many orders were given up.</returns>
    Task<int> DeadLetterDueAsync(CancellationToken cancellationToken = default);

    /// <summary>Retries the failed items of many orders, each order as <see cref="IWorkOrderManager.RetryAsync"/> does.</summary>
    /// <param name="selection">The orders. Those without a failed item, and those that are submitted or closed, are not among them.</param>
    /// <param name="keepAttempts">Whether the attempts that the items had count on; by default they begin anew.</param>
    /// <param name="cancellationToken">Stops before the next order.</param>
    /// <returns>What was done. Each order is a transaction of its own: one that is refused does not stop the others.</returns>
    /// <exception cref="WorkValidationException">The selection is empty, or out of range.</exception>
    Task<SelectionResult> RetryAsync(WorkSelection selection, bool keepAttempts = false, CancellationToken cancellationToken = default);

    /// <summary>Gives up many orders, each as <see cref="IWorkOrderManager.DeadLetterAsync"/> does.</summary>
    /// <param name="selection">The orders. Those that have neither failed nor been rejected are not among them.</param>
    /// <param name="reason">Why, for the audit trail: up to 2,000 characters.</param>
    /// <param name="cancellationToken">Stops before the next order.</param>
    /// <returns>What was done. Each order is a transaction of its own: one that is refused does not stop the others.</returns>
    /// <exception cref="WorkValidationException">The selection is empty or out of range, or the reason is too long.</exception>
    Task<SelectionResult> DeadLetterAsync(WorkSelection selection, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Proposes once more what many orders had asked for that were given up, each as <see cref="IWorkOrderManager.CloneAsync"/> does. An order that has a clone
    /// is not cloned again, also if several calls select it at once.
    /// </summary>
    /// <param name="selection">The orders. Those that are not dead-lettered, and those that have a clone, are not among them.</param>
    /// <param name="priority">The priority of the new orders, 0 to 100; null for that of the old ones.</param>
    /// <param name="cancellationToken">Stops before the next order.</param>
    /// <returns>
    /// The old orders that were cloned; <see cref="WorkOrder.ParentOrderId"/> of the new ones leads to them. Each order is a transaction of its own: one that
    /// is refused does not stop the others.
    /// </returns>
    /// <exception cref="WorkValidationException">The selection is empty, or it or the priority is out of range.</exception>
    Task<SelectionResult> CloneAsync(WorkSelection selection, int? priority = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends the results of many orders back to the queue, each order as <see cref="IWorkOrderManager.ReturnForReworkAsync"/> does, with all its items.
    /// </summary>
    /// <param name="selection">
    /// The orders. Those that do not wait for review are not among them: <see cref="IWorkOrderManager.ReturnForReworkAsync"/> opens one that was rejected.
    /// </param>
    /// <param name="reasons">Why, 1 to 100 reasons. Whoever works on the items next sees them.</param>
    /// <param name="cancellationToken">Stops before the next order.</param>
    /// <returns>What was done. Each order is a transaction of its own: one that is refused does not stop the others.</returns>
    /// <exception cref="WorkValidationException">The selection is empty or out of range, or the reasons break a rule.</exception>
    Task<SelectionResult> ReturnForReworkAsync(
        WorkSelection selection, IReadOnlyList<RejectionReason> reasons, CancellationToken cancellationToken = default);

    /// <summary>
    /// Holds many orders, such as all of a type or tenant, each as <see cref="IWorkOrderManager.HoldAsync"/> does. Orders that are proposed later are not held;
    /// <see cref="PauseTypeAsync"/> is for them, too.
    /// </summary>
    /// <param name="selection">The orders. Those that are held already, and those that nobody could work on or approve, are not among them.</param>
    /// <param name="reason">Why, for the audit trail: up to 2,000 characters.</param>
    /// <param name="cancellationToken">Stops before the next order.</param>
    /// <returns>What was done. Each order is a transaction of its own: one that is refused does not stop the others.</returns>
    /// <exception cref="WorkValidationException">The selection is empty or out of range, or the reason is too long.</exception>
    Task<SelectionResult> HoldAsync(WorkSelection selection, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Lets many orders go on that are held, each as <see cref="IWorkOrderManager.ResumeAsync"/> does.</summary>
    /// <param name="selection">The orders, also those that were rejected while they were held. Those that are not held are not among them.</param>
    /// <param name="cancellationToken">Stops before the next order.</param>
    /// <returns>What was done. Each order is a transaction of its own: one that is refused does not stop the others.</returns>
    /// <exception cref="WorkValidationException">The selection is empty, or out of range.</exception>
    Task<SelectionResult> ResumeAsync(WorkSelection selection, CancellationToken cancellationToken = default);

    /// <summary>
    /// Pauses an order type, for all tenants: checkouts hand out nothing of it, also of orders that are proposed later, until <see cref="ResumeTypeAsync"/>.
    /// Leases that there are go on, and so do submits, approvals and everything else: to end leases, call <see cref="RevokeLeasesAsync"/>, and to stop
    /// approvals, <see cref="HoldAsync"/>. If the type is paused already, nothing changes. The rows of
    /// <see cref="WorkPausedType"/> say which types are paused.
    /// </summary>
    /// <param name="orderType">The key of the type. This process need not know it.</param>
    /// <param name="reason">Why: up to 2,000 characters.</param>
    /// <param name="cancellationToken">Cancels waiting for the database.</param>
    /// <returns>A task that ends once every later checkout knows.</returns>
    /// <exception cref="WorkValidationException">The key is empty, longer than 120 characters or cannot be stored, or the reason is too long.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is an agent.</exception>
    Task PauseTypeAsync(string orderType, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Hands out an order type again. If it is not paused, nothing changes.</summary>
    /// <param name="orderType">The key of the type. This process need not know it.</param>
    /// <param name="cancellationToken">Cancels waiting for the database.</param>
    /// <returns>A task that ends once every later checkout knows.</returns>
    /// <exception cref="WorkValidationException">The key is empty, longer than 120 characters or cannot be stored.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is an agent.</exception>
    Task ResumeTypeAsync(string orderType, CancellationToken cancellationToken = default);

    /// <summary>
    /// Finds the orders that were proposed more than <see cref="MaintenanceOptions.StaleAfter"/> ago and are still open, and logs one warning if there are any.
    /// </summary>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The orders. Every state is open but completed, rejected and dead-lettered.</returns>
    Task<StaleOrders> FindStaleAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Compares open orders with their items, and mends what does not agree: a state that is behind, because a checkout or heartbeat found the order locked;
    /// and counts of items that are wrong, because something has written to the tables past WorkManager. For these it logs one warning.
    /// </summary>
    /// <param name="cancellationToken">Stops before the next order.</param>
    /// <returns>What was mended.</returns>
    Task<ReconcileResult> ReconcileAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes orders that were closed long ago, with their items, results, events, decisions and provenance:
    /// <see cref="MaintenanceOptions.PruneCompletedAfter"/>, <see cref="MaintenanceOptions.PruneRejectedAfter"/> and
    /// <see cref="MaintenanceOptions.PruneDeadLetteredAfter"/> say when. By default nothing is deleted, and failed orders never are. The database user needs
    /// the right to delete history, which that of an application should not have.
    /// </summary>
    /// <param name="dryRun">Whether to say only how many orders would be deleted.</param>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <returns>
    /// How many orders were deleted. Each batch, of up to 25 orders and 500 items, is a transaction of its own; what is locked is left for the next time.
    /// </returns>
    Task<PruneResult> PruneAsync(bool dryRun = false, CancellationToken cancellationToken = default);

    /// <summary>Deletes idempotency keys that have expired. Until then a key answers as it did the first time.</summary>
    /// <param name="cancellationToken">Stops before the next batch.</param>
    /// <returns>How many keys were deleted.</returns>
    Task<int> PurgeKeysAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Lets orders go on that wait for others which are completed, and does what <see cref="OrderTypeAttribute.DependencyFailure"/> says to those that wait for
    /// one which was rejected, cancelled or given up. It happens by itself when the other order ends; the duty does what was missed, because the process died
    /// in between, or because the other order ended in a transaction of yours.
    /// </summary>
    /// <param name="cancellationToken">Stops before the next order.</param>
    /// <returns>How many orders go on, or have failed. One that is refused stops no other; it is logged, and tried again the next time.</returns>
    Task<int> SettleDependenciesAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs every <see cref="IWorkGenerator"/>, and proposes what it finds, as <c>system:scheduler</c> unless <see cref="As"/> names somebody. In several
    /// processes at once, unique keys keep the same work from being proposed twice.
    /// </summary>
    /// <param name="dryRun">Whether to say only what would be proposed: payloads are checked and planned, and nothing is stored.</param>
    /// <param name="cancellationToken">Cancels the search, and planning.</param>
    /// <returns>What was proposed, and what failed. A generator that throws, or an order that is refused, does not stop the rest.</returns>
    Task<GenerationResult> GenerateAsync(bool dryRun = false, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes live leases away from their holders: the items can be claimed again at once, and it costs them nothing. A holder learns of it with its next call
    /// (<c>lease_lost</c>).
    /// </summary>
    /// <param name="selection">The leases.</param>
    /// <param name="reason">Why, up to 2,000 characters. The next holders see it in <see cref="WorkLease.EarlierFailures"/>.</param>
    /// <param name="cancellationToken">Stops before the next order.</param>
    /// <returns>The leases that were revoked. Those of one order are one transaction.</returns>
    /// <exception cref="WorkValidationException">The selection is empty or out of range, or the reason is too long.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is an agent.</exception>
    Task<LeaseSelectionResult> RevokeLeasesAsync(LeaseSelection selection, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lets live leases last for a time from now on, if they would not last as long anyway: for holders that cannot send a heartbeat. The next heartbeat counts
    /// as ever.
    /// </summary>
    /// <param name="selection">The leases.</param>
    /// <param name="ttl">How long, 1 second to <see cref="LeaseOptions.MaxTtl"/>.</param>
    /// <param name="cancellationToken">Stops before the next order.</param>
    /// <returns>The leases that were extended. Those of one order are one transaction.</returns>
    /// <exception cref="WorkValidationException">The selection is empty, or it or the time is out of range.</exception>
    /// <exception cref="ApprovalDeniedException">The actor is an agent.</exception>
    Task<LeaseSelectionResult> ExtendLeasesAsync(LeaseSelection selection, TimeSpan ttl, CancellationToken cancellationToken = default);

    /// <summary>Counts what waits and what is in work: for metrics and health checks.</summary>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>One entry for each order type that has an item which is queued or leased, in the order of their keys.</returns>
    /// <remarks>It counts all items that are queued or leased. Call it some times in a minute, and not for each request.</remarks>
    Task<IReadOnlyList<QueueStatus>> ReadQueueAsync(CancellationToken cancellationToken = default);

    /// <summary>Checks that the database has the tables of this version.</summary>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>A task that ends with the check.</returns>
    /// <exception cref="WorkManagerSchemaException">Tables or columns are missing; the message names the command to run.</exception>
    Task CheckSchemaAsync(CancellationToken cancellationToken = default);
}
