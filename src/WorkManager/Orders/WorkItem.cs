using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>One unit of work of an order: what an agent leases, and what it submits.</summary>
/// <remarks>Hosts query and include it; only the engine writes it.</remarks>
[EntityTypeConfiguration(typeof(WorkItemConfiguration))]
public sealed class WorkItem
{
    internal WorkItem()
    {
    }

    /// <summary>The id, a UUIDv7: ids ascend with time.</summary>
    public Guid Id { get; internal set; }

    /// <summary>The order.</summary>
    public Guid OrderId { get; internal set; }

    /// <summary>The tenant; empty without tenancy.</summary>
    public string TenantId { get; internal set; } = "";

    /// <summary>The key of the order's type: a claim filters by it without a join.</summary>
    public string OrderType { get; internal set; } = "";

    /// <summary>The version of the order type that the input was written for.</summary>
    public int TypeVersion { get; internal set; } = 1;

    /// <summary>The kind of item, the order type's key unless the plan says otherwise.</summary>
    public string Type { get; internal set; } = "";

    /// <summary>The current state.</summary>
    public ItemState State { get; internal set; }

    /// <summary>The order's priority, 0 to 100: a claim sorts by it without a join.</summary>
    public short Priority { get; internal set; }

    /// <summary>How many attempts were spent: leases that ran out, failures, and releases beyond <see cref="RetryOptions.MaxReleases"/>.</summary>
    public short Attempts { get; internal set; }

    /// <summary>How many attempts may be spent before the item fails.</summary>
    public short MaxAttempts { get; internal set; }

    /// <summary>How often holders gave the item back without a result and without a failure. Those that shut down are not counted.</summary>
    public short Releases { get; internal set; }

    /// <summary>Who holds the lease.</summary>
    public string? LeasedByAgentId { get; internal set; }

    /// <summary>When the lease runs out.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; internal set; }

    /// <summary>When the holder last sent a heartbeat, or got the lease.</summary>
    public DateTimeOffset? LastHeartbeatAt { get; internal set; }

    /// <summary>The number of the current or last grant; rises by one with every lease.</summary>
    public long LeaseEpoch { get; internal set; }

    /// <summary>For how long the lease was granted, and is extended by each heartbeat.</summary>
    public int? LeaseSeconds { get; internal set; }

    /// <summary>For how long the plan says that the item is to be leased; null if it leaves that to the order type and the options.</summary>
    public int? PlannedLeaseSeconds { get; internal set; }

    /// <summary>When the lease was granted.</summary>
    public DateTimeOffset? LeasedAt { get; internal set; }

    /// <summary>Not to be handed out before this time.</summary>
    public DateTimeOffset AvailableAt { get; internal set; }

    /// <summary>Since when an agent can claim the item; null when none can.</summary>
    public DateTimeOffset? ReadyAt { get; internal set; }

    /// <summary>
    /// How many things keep the item from being claimed, whatever the time: each item that it waits for; and that its order waits for another, is closed, is
    /// held, or failed before it.
    /// </summary>
    public int BlockedBy { get; internal set; }

    /// <summary>What the agent gets, as JSON text.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string Input { get; internal set; } = "{}";

    /// <summary>What the agent submitted, as JSON text.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? Result { get; internal set; }

    /// <summary>The result put together from parts, as JSON text.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? AssembledResult { get; internal set; }

    /// <summary>SHA-256 of the result's canonical JSON, lower-case hex.</summary>
    public string? ResultHash { get; internal set; }

    /// <summary>The version of the order type that the result was checked by. It may be newer than <see cref="TypeVersion"/>.</summary>
    public int? ResultVersion { get; internal set; }

    /// <summary>How many times a result was returned for rework.</summary>
    public short ReworkCount { get; internal set; }

    /// <summary>The keys of the parts that finalize asks for, as a JSON array.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? PartsRequired { get; internal set; }

    /// <summary>The state of each part, as JSON text.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? PartsState { get; internal set; }

    /// <summary>The last error, as JSON text: <c>code</c>, <c>message</c>, <c>details</c>.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? Error { get; internal set; }

    /// <summary>The progress that the holder has reported last, 0 to 100; null if it has not, or nobody holds the item.</summary>
    public short? Progress { get; internal set; }

    /// <summary>When the result was submitted.</summary>
    public DateTimeOffset? SubmittedAt { get; internal set; }

    /// <summary>The kind of actor that submitted the result.</summary>
    public ActorType? SubmittedByType { get; internal set; }

    /// <summary>The id of the actor that submitted the result.</summary>
    public string? SubmittedById { get; internal set; }

    /// <summary>For whom it was submitted, such as <c>user:7</c>.</summary>
    public string? SubmittedFor { get; internal set; }

    /// <summary>When the result was accepted.</summary>
    public DateTimeOffset? AcceptedAt { get; internal set; }

    /// <summary>When the item was planned.</summary>
    public DateTimeOffset CreatedAt { get; internal set; }

    /// <summary>When the item was last written.</summary>
    public DateTimeOffset UpdatedAt { get; internal set; }

    /// <summary>Rises with every change of state or outcome.</summary>
    public int Revision { get; internal set; }

    /// <summary>The order, if it was loaded.</summary>
    [JsonIgnore]
    public WorkOrder? Order { get; internal set; }

    /// <summary>The partial submissions, if they were loaded.</summary>
    public IReadOnlyCollection<WorkItemPart> Parts => PartList;

    /// <summary>The events of this item, if they were loaded.</summary>
    public IReadOnlyCollection<WorkEvent> Events => EventList;

    /// <summary>The provenance rows of this item, if they were loaded.</summary>
    public IReadOnlyCollection<WorkProvenance> Provenances => ProvenanceList;

    /// <summary>Whether the item has reached an end. A rejected item can still be reworked.</summary>
    public bool IsTerminal => State is ItemState.Completed or ItemState.Rejected or ItemState.DeadLettered;

    /// <summary>Whether an agent holds the item, even if its lease has run out and was not taken back yet.</summary>
    public bool IsLeased => State is ItemState.Leased or ItemState.InProgress;

    /// <summary>Whether an agent holds the item although its lease has run out.</summary>
    /// <param name="now">The time to compare with.</param>
    /// <returns>True if the lease is no longer valid.</returns>
    public bool IsLeaseExpired(DateTimeOffset now) => IsLeased && LeaseExpiresAt <= now;

    /// <summary>Whether no attempt is left.</summary>
    public bool HasExhaustedAttempts => Attempts >= MaxAttempts;

    /// <summary>Whether the item is submitted in parts.</summary>
    public bool SupportsPartialSubmissions => PartsRequired is not null;

    /// <summary>The newest part of a key: the highest sequence number, then the newest. Needs the parts.</summary>
    /// <param name="partKey">The key.</param>
    /// <returns>The part, or null.</returns>
    public WorkItemPart? GetLatestPart(string partKey) => LatestOf(PartList.Where(p => p.PartKey == partKey));

    /// <summary>The newest part of every key. Needs the parts.</summary>
    /// <returns>The parts by key.</returns>
    public IReadOnlyDictionary<string, WorkItemPart> GetLatestParts() =>
        PartList.GroupBy(p => p.PartKey).ToDictionary(g => g.Key, g => LatestOf(g)!);

    /// <summary>Whether each required key has a validated part. Needs the parts.</summary>
    /// <returns>True if none is missing.</returns>
    public bool HasAllRequiredParts() =>
        (StoredJson.ReadOptional<string[]>("list of required parts", PartsRequired, null) ?? []).All(
            key => PartList.Exists(p => p.PartKey == key && p.Status == PartStatus.Validated));

    /// <summary>The input as a value.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="json">How to read it: <c>WorkManagerOptions.Json</c> if you changed it; null for its default.</param>
    /// <returns>The input.</returns>
    /// <exception cref="WorkManagerException">It is no such value (<c>type_mismatch</c>), or lacks a member that the type needs.</exception>
    public T ReadInput<T>(JsonSerializerOptions? json = null) => StoredJson.Read<T>("input", Input, json);

    /// <summary>The result as a value.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="json">How to read it: <c>WorkManagerOptions.Json</c> if you changed it; null for its default.</param>
    /// <returns>The result; the default value if none was submitted.</returns>
    /// <exception cref="WorkManagerException">It is no such value (<c>type_mismatch</c>), or lacks a member that the type needs.</exception>
    public T? ReadResult<T>(JsonSerializerOptions? json = null) => StoredJson.ReadOptional<T>("result", Result, json);

    /// <summary>The last error.</summary>
    /// <returns>The error; null if there was none, or a result came after it.</returns>
    public WorkFailure? ReadError() => StoredJson.ReadOptional<WorkFailure>("error", Error, null);

    /// <summary>The item by itself, to be changed.</summary>
    internal WorkItem Copy() => ((WorkItem)MemberwiseClone()).Detach();

    /// <summary>Detaches what the engine's tracker attached to it.</summary>
    internal WorkItem Detach(WorkOrder? order = null)
    {
        Order = order;
        EventList.Clear();
        ProvenanceList.Clear();
        return this;
    }

    internal List<WorkItemPart> PartList { get; } = [];

    internal List<WorkEvent> EventList { get; } = [];

    internal List<WorkProvenance> ProvenanceList { get; } = [];

    internal static string ReadySince => "ready_at IS NOT NULL";

    /// <summary>The same, and what a check constraint promises of it.</summary>
    internal static string ReadyAndFree => $"{ReadySince} AND blocked_by = 0";

    /// <summary>As a condition in SQL: an agent holds the item, even if the lease has run out and was not taken back yet.</summary>
    internal const string HeldStates = "state IN ('leased', 'in_progress')";

    /// <summary>What becomes ready when its time has come.</summary>
    internal const string WaitsForItsTime = "state = 'queued' AND ready_at IS NULL AND blocked_by = 0";

    private static WorkItemPart? LatestOf(IEnumerable<WorkItemPart> parts) =>
        parts.OrderByDescending(p => p.Seq ?? -1).ThenByDescending(p => p.Id).FirstOrDefault();
}
