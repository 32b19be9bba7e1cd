using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>A typed order for work: what is asked for, where it stands, and its items.</summary>
/// <remarks>Hosts query and include it; only the engine writes it.</remarks>
[EntityTypeConfiguration(typeof(WorkOrderConfiguration))]
public sealed class WorkOrder
{
    internal WorkOrder()
    {
    }

    /// <summary>The id, a UUIDv7: ids ascend with time.</summary>
    public Guid Id { get; internal set; }

    /// <summary>The tenant; empty without tenancy.</summary>
    public string TenantId { get; internal set; } = "";

    /// <summary>The key of the order type, at most 120 characters.</summary>
    public string Type { get; internal set; } = "";

    /// <summary>The version of the order type that the payload was written for.</summary>
    public int TypeVersion { get; internal set; } = 1;

    /// <summary>The current state.</summary>
    public OrderState State { get; internal set; }

    /// <summary>0 to 100; higher is served first.</summary>
    public short Priority { get; internal set; }

    /// <summary>The kind of actor that proposed the order.</summary>
    public ActorType? RequestedByType { get; internal set; }

    /// <summary>The id of the actor that proposed the order.</summary>
    public string? RequestedById { get; internal set; }

    /// <summary>
    /// For whom it was proposed, such as <c>user:7</c>: the actor behind the agent that proposed it; null if it was proposed for nobody else.
    /// </summary>
    public string? RequestedFor { get; internal set; }

    /// <summary>The order type's payload, as JSON text.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string Payload { get; internal set; } = "{}";

    /// <summary>The host's own data about the order, as JSON text; searchable.</summary>
    [JsonColumn(binary: true), JsonConverter(typeof(JsonTextConverter))]
    public string? Meta { get; internal set; }

    /// <summary>Reserved for the acceptance rules in force when the order was proposed, as JSON text.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? AcceptanceConfig { get; internal set; }

    /// <summary>When the order last got its last result: since then it waits for review.</summary>
    public DateTimeOffset? SubmittedAt { get; internal set; }

    /// <summary>When the change got into the host's data.</summary>
    public DateTimeOffset? AppliedAt { get; internal set; }

    /// <summary>When the order was completed.</summary>
    public DateTimeOffset? CompletedAt { get; internal set; }

    /// <summary>When the state last changed.</summary>
    public DateTimeOffset? LastTransitionedAt { get; internal set; }

    /// <summary>When the order was proposed.</summary>
    public DateTimeOffset CreatedAt { get; internal set; }

    /// <summary>When the order was last written.</summary>
    public DateTimeOffset UpdatedAt { get; internal set; }

    /// <summary>Rises with every write of the order or of its items' outcome.</summary>
    public int Revision { get; internal set; }

    /// <summary>How many items the order has.</summary>
    public int ItemsTotal { get; internal set; }

    /// <summary>How many items are queued, leased or in progress.</summary>
    public int ItemsOpen { get; internal set; }

    /// <summary>How many items have failed.</summary>
    public int ItemsFailed { get; internal set; }

    /// <summary>What it means for the order that one of its items has failed for good; from its order type, when it was proposed.</summary>
    public ItemFailure ItemFailure { get; internal set; }

    /// <summary>What becomes of the order, and of its items, if what they wait for comes to nothing; from its order type, when it was proposed.</summary>
    public DependencyFailure DependencyFailure { get; internal set; }

    /// <summary>How many orders this one still waits for. While there are any, none of its items can be claimed.</summary>
    public int BlockedBy { get; internal set; }

    /// <summary>Since when the order is held; null if it is not.</summary>
    public DateTimeOffset? HeldAt { get; internal set; }

    /// <summary>How many times applying the order has failed.</summary>
    public int ApplyAttempts { get; internal set; }

    /// <summary>
    /// From when on the engine approves the order by itself once it is submitted, applies it once it is approved, or tries either again; null if it does
    /// neither. See <see cref="IWorkMaintenance.ApproveDueAsync"/>.
    /// </summary>
    public DateTimeOffset? NextApplyAt { get; internal set; }

    /// <summary>
    /// Why the last apply failed, or what went wrong with an order that was given up, as JSON text: <c>code</c>, <c>message</c>, <c>details</c>.
    /// </summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? Error { get; internal set; }

    /// <summary>SHA-256 of the payload's canonical JSON, lower-case hex.</summary>
    public string PayloadHash { get; internal set; } = "";

    /// <summary>
    /// At most one open order of a type has this key. An order keeps it, and stops counting when it is completed, rejected or dead-lettered.
    /// </summary>
    public string? UniqueKey { get; internal set; }

    /// <summary>The order that this one was cloned from, reworks or reverses.</summary>
    public Guid? ParentOrderId { get; internal set; }

    /// <summary>When the work should be done.</summary>
    public DateTimeOffset? DueAt { get; internal set; }

    /// <summary>The W3C trace context of the proposal.</summary>
    public string? TraceParent { get; internal set; }

    /// <summary>The items, if they were loaded.</summary>
    public IReadOnlyCollection<WorkItem> Items => ItemList;

    /// <summary>The audit trail, if it was loaded.</summary>
    public IReadOnlyCollection<WorkEvent> Events => EventList;

    /// <summary>The provenance rows, if they were loaded.</summary>
    public IReadOnlyCollection<WorkProvenance> Provenances => ProvenanceList;

    /// <summary>What was decided about the order and its items, if the decisions were loaded.</summary>
    public IReadOnlyCollection<WorkDecision> Decisions => DecisionList;

    /// <summary>Where the proposal came from, if the provenance rows were loaded.</summary>
    [JsonIgnore]
    public WorkProvenance? Provenance => ProvenanceList.FirstOrDefault(p => p.Operation == "propose");

    /// <summary>Whether the order has reached an end that it never leaves.</summary>
    public bool IsTerminal => State is OrderState.Completed or OrderState.DeadLettered;

    /// <summary>Whether no item can change any more: all are completed, rejected or dead-lettered. Needs the items.</summary>
    [JsonIgnore]
    public bool AllItemsComplete =>
        ItemList.Count == ItemsTotal && ItemList.TrueForAll(i => i.State is ItemState.Completed or ItemState.Rejected or ItemState.DeadLettered);

    /// <summary>The payload as a value.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="json">How to read it: <c>WorkManagerOptions.Json</c> if you changed it; null for its default.</param>
    /// <returns>The payload.</returns>
    /// <exception cref="WorkManagerException">It is no such value (<c>type_mismatch</c>), or lacks a member that the type needs.</exception>
    public T ReadPayload<T>(JsonSerializerOptions? json = null) => StoredJson.Read<T>("payload", Payload, json);

    /// <summary>Why the last apply failed, or could not begin.</summary>
    /// <returns>The failure; null if none failed, or a later one succeeded.</returns>
    public WorkFailure? ReadError() => StoredJson.ReadOptional<WorkFailure>("error", Error, null);

    /// <summary>Takes off what the engine's tracker hung on: a caller gets all of a collection, or none of it.</summary>
    internal WorkOrder Detach(bool withItems)
    {
        EventList.Clear();
        ProvenanceList.Clear();
        DecisionList.Clear();
        ItemList.ForEach(i => i.Detach(withItems ? this : null));
        if (!withItems)
        {
            ItemList.Clear();
        }

        return this;
    }

    /// <summary>As a condition in SQL: nothing becomes of the order any more, unless somebody decides to have it reworked.</summary>
    internal const string ClosedStates = "state IN ('completed', 'rejected', 'dead_lettered')";

    /// <summary>As a condition in SQL: somebody works on the order, reviews it or applies it, or it failed and can be retried.</summary>
    internal const string OpenStates = "state NOT IN ('completed', 'rejected', 'dead_lettered')";

    internal List<WorkItem> ItemList { get; } = [];

    internal List<WorkEvent> EventList { get; } = [];

    internal List<WorkProvenance> ProvenanceList { get; } = [];

    internal List<WorkDecision> DecisionList { get; } = [];
}
