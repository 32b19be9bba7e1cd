namespace WorkManager;

/// <summary>The stable codes of <see cref="WorkManagerException.Code"/>. They are the same in process, over HTTP and over MCP.</summary>
public static class WorkErrorCodes
{
    /// <summary>The order, item or part does not exist, or the caller may not see it.</summary>
    public const string NotFound = "not_found";

    /// <summary>No order type is registered for this key, class or payload.</summary>
    public const string OrderTypeNotFound = "order_type_not_found";

    /// <summary>Several order types have this payload, and the call names none of them.</summary>
    public const string OrderTypeAmbiguous = "order_type_ambiguous";

    /// <summary>A payload, input or result was given or asked for as another .NET type than that of its order type.</summary>
    public const string TypeMismatch = "type_mismatch";

    /// <summary>A stored payload, input or result does not fit its order type, or its upgrade threw.</summary>
    public const string UnreadableDocument = "unreadable_document";

    /// <summary>A payload, result, part or argument breaks a rule; the errors are listed.</summary>
    public const string ValidationFailed = "validation_failed";

    /// <summary>An item was to be finalized, but required parts are missing.</summary>
    public const string PartsMissing = "parts_missing";

    /// <summary>The order type planned no item.</summary>
    public const string EmptyPlan = "empty_plan";

    /// <summary>Items of the plan wait for each other, so none of them could ever be handed out.</summary>
    public const string DependencyCycle = "dependency_cycle";

    /// <summary>The order type's own planning, or its check of the payload, threw.</summary>
    public const string PlanFailed = "plan_failed";

    /// <summary>Code of the application that checks, reads or writes a document threw.</summary>
    public const string RuleFailed = "rule_failed";

    /// <summary>More parts than an item may have.</summary>
    public const string MaxPartsExceeded = "max_parts_exceeded";

    /// <summary>More items than an order may have.</summary>
    public const string PlanTooLarge = "plan_too_large";

    /// <summary>A document is larger or nested deeper than allowed.</summary>
    public const string PayloadTooLarge = "payload_too_large";

    /// <summary>An item was returned for rework as often as it may be.</summary>
    public const string ReworkLimit = "rework_limit";

    /// <summary>Partial submissions are switched off.</summary>
    public const string PartsDisabled = "parts_disabled";

    /// <summary>The caller holds no live lease on the item; see <see cref="LeaseLostReason"/>.</summary>
    public const string LeaseLost = "lease_lost";

    /// <summary>An open order has the unique key already.</summary>
    public const string AlreadyOpen = "already_open";

    /// <summary>Work waits for other work that came to nothing: it failed, was refused or was given up. Also the code of what failed because of that.</summary>
    public const string DependencyFailed = "dependency_failed";

    /// <summary>The operation is not possible in the current state.</summary>
    public const string IllegalTransition = "illegal_transition";

    /// <summary>The order cannot be approved yet.</summary>
    public const string OrderNotReady = "order_not_ready";

    /// <summary>The actor may not decide about this order; see <see cref="ApprovalDeniedReason"/>.</summary>
    public const string ApprovalDenied = "approval_denied";

    /// <summary>An approval must name the content that was reviewed.</summary>
    public const string ContentHashRequired = "content_hash_required";

    /// <summary>The content that was reviewed is not the content that would be applied.</summary>
    public const string StaleReview = "stale_review";

    /// <summary>What the order changed was not kept, or cannot be put back.</summary>
    public const string NotReversible = "not_reversible";

    /// <summary>Rows are not as the order left them: it cannot be reversed.</summary>
    public const string ReversalConflict = "reversal_conflict";

    /// <summary>A preview took too long; nothing was changed.</summary>
    public const string PreviewTooSlow = "preview_too_slow";

    /// <summary>The host's apply failed; nothing was changed.</summary>
    public const string ApplyFailed = "apply_failed";

    /// <summary>The host's apply ran longer than allowed; nothing was changed.</summary>
    public const string ApplyTimeout = "apply_timeout";

    /// <summary>The operation needs an idempotency key.</summary>
    public const string IdempotencyKeyRequired = "idempotency_key_required";

    /// <summary>The idempotency key is malformed.</summary>
    public const string IdempotencyKeyInvalid = "idempotency_key_invalid";

    /// <summary>The idempotency key was used for another request.</summary>
    public const string IdempotencyMismatch = "idempotency_mismatch";

    /// <summary>The request with this idempotency key is still running.</summary>
    public const string IdempotencyInFlight = "idempotency_in_flight";

    /// <summary>The operation cannot join the caller's transaction.</summary>
    public const string TransactionNotAllowed = "transaction_not_allowed";

    /// <summary>A second context of the host's type was opened inside an apply, or WorkManager was called there outside the apply's scope.</summary>
    public const string ForeignContext = "foreign_context";

    /// <summary>A new scope's context is on another database than the context of the call. See <c>CarryScope</c>.</summary>
    public const string OtherDatabase = "other_database";

    /// <summary>The host's context was about to save a change to an entity that only WorkManager may change.</summary>
    public const string GovernedWrite = "governed_write";

    /// <summary>The endpoint can only be called for a work order.</summary>
    public const string WorkOrderRequired = "work_order_required";

    /// <summary>The body is not JSON.</summary>
    public const string MalformedJson = "malformed_json";

    /// <summary>The request has an unknown, duplicate or ill-typed member.</summary>
    public const string InvalidRequest = "invalid_request";

    /// <summary>A filter, sort or page argument is not valid.</summary>
    public const string InvalidQuery = "invalid_query";

    /// <summary>A page cursor was not issued by this query.</summary>
    public const string InvalidCursor = "invalid_cursor";

    /// <summary>The tables of WorkManager are missing.</summary>
    public const string SchemaMissing = "schema_missing";

    /// <summary>The tables of WorkManager are older than the package.</summary>
    public const string SchemaOutdated = "schema_outdated";

    /// <summary>The database cannot be reached.</summary>
    public const string StorageUnavailable = "storage_unavailable";

    /// <summary>Somebody else has the item locked, or the database found a conflict. Send it again.</summary>
    public const string Busy = "busy";

    /// <summary>The database refused what was to be stored: by a constraint, or by a trigger of the application's.</summary>
    public const string StoreRefused = "store_refused";

    /// <summary>The process is shutting down.</summary>
    public const string Draining = "draining";
}
