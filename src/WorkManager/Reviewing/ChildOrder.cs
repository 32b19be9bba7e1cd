using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Execution;

namespace WorkManager.Reviewing;

/// <summary>A new order of the items that a reviewer returned, so that the rest of their order need not wait for them.</summary>
/// <remarks>Each item of it is a new row. That of the order which they came from stays there as rejected, with its history, and names the new one.</remarks>
internal static class ChildOrder
{
    /// <summary>The code in the error of an item that has moved.</summary>
    public const string MovedCode = "moved";

    private const string Message = "Returned for rework, in an order of its own";

    /// <summary>Whether an item is done in another order.</summary>
    public static bool HasMoved(WorkItem item) => item.State == ItemState.Rejected && item.ReadError()?.Code == MovedCode;

    /// <summary>Moves items of a locked order that waits for review.</summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="parent">The order.</param>
    /// <param name="id">The id of the new order.</param>
    /// <param name="items">The items.</param>
    /// <param name="reasonsOf">The reasons of an item that was named.</param>
    /// <param name="reasons">The reasons of the others.</param>
    public static async Task<WorkOrder> MoveAsync(
        UnitOfWork unit, WorkOrder parent, Guid id, List<WorkItem> items, IReadOnlyDictionary<Guid, JsonArray> reasonsOf, JsonArray reasons)
    {
        var clock = await unit.ReadClockAsync().ConfigureAwait(false);
        var child = Build(unit, parent, id, items.Count);
        var moved = new Dictionary<Guid, WorkItem>();
        foreach (var item in items)
        {
            var why = reasonsOf.GetValueOrDefault(item.Id) ?? reasons;
            moved.Add(item.Id, Copy(unit, child, item, why));
            item.Error = new JsonObject
            {
                ["code"] = MovedCode, ["message"] = $"Returned for rework, in order {id}.",
                ["details"] = new JsonObject { ["order_id"] = id, ["item_id"] = moved[item.Id].Id, ["reasons"] = why.DeepClone() },
            }.ToJsonString(JsonSerializerOptions.Web);
            unit.Lifecycle.Move(parent, item, ItemState.Rejected, new EventDetails(
                new JsonObject { ["order_id"] = id, ["item_id"] = moved[item.Id].Id, ["reasons"] = why.DeepClone() }, Message));
        }

        var waits = await DependenciesAmongAsync(unit, moved).ConfigureAwait(false);
        unit.Insert(child);
        unit.Audit.Record(WorkEventNames.Proposed, child, new EventDetails(new JsonObject { ["parent_order_id"] = parent.Id }, Message));
        unit.Audit.Record(WorkEventNames.Planned, child, new EventDetails(new JsonObject { ["item_count"] = items.Count }, Actor: Lifecycle.Engine));
        var waitsOf = waits.CountBy(w => w.Id).ToDictionary();
        foreach (var (old, item) in moved)
        {
            item.BlockedBy = waitsOf.GetValueOrDefault(item.Id);
            ItemQueue.Add(item, null, clock);
            unit.Insert(item);
            unit.Audit.Record(WorkEventNames.Requeued, item, new EventDetails(
                new JsonObject { ["reasons"] = (reasonsOf.GetValueOrDefault(old) ?? reasons).DeepClone(), ["from_item_id"] = old }, Message));
        }

        waits.ForEach(unit.Insert);
        unit.Insert(Provenance(unit, child));
        return child;
    }

    private static WorkOrder Build(UnitOfWork unit, WorkOrder parent, Guid id, int items) => new()
    {
        Id = id,
        TenantId = parent.TenantId,
        Type = parent.Type,
        TypeVersion = parent.TypeVersion,
        ItemFailure = parent.ItemFailure,
        DependencyFailure = parent.DependencyFailure,
        Priority = parent.Priority,
        // Still the one who asked for it: separation of duties goes by that.
        RequestedByType = parent.RequestedByType,
        RequestedById = parent.RequestedById,
        RequestedFor = parent.RequestedFor,
        Payload = parent.Payload,
        PayloadHash = parent.PayloadHash,
        Meta = parent.Meta,
        ParentOrderId = parent.Id,
        DueAt = parent.DueAt,
        TraceParent = parent.TraceParent,
        ItemsTotal = items,
        ItemsOpen = items,
        LastTransitionedAt = unit.Now,
        CreatedAt = unit.Now,
        UpdatedAt = unit.Now,
    };

    private static WorkItem Copy(UnitOfWork unit, WorkOrder child, WorkItem item, JsonArray reasons) => new()
    {
        Id = unit.NewId(),
        OrderId = child.Id,
        TenantId = child.TenantId,
        OrderType = child.Type,
        TypeVersion = item.TypeVersion,
        Type = item.Type,
        Priority = item.Priority,
        MaxAttempts = item.MaxAttempts,
        PlannedLeaseSeconds = item.PlannedLeaseSeconds,
        PartsRequired = item.PartsRequired,
        // Leases are numbered on, so that the next holder is told what became of those before.
        LeaseEpoch = item.LeaseEpoch,
        ReworkCount = (short)(item.ReworkCount + 1),
        Error = new JsonObject { ["code"] = "rework", ["message"] = Rework.Message, ["details"] = reasons.DeepClone() }
            .ToJsonString(JsonSerializerOptions.Web),
        Input = item.Input,
        CreatedAt = unit.Now,
        UpdatedAt = unit.Now,
    };

    private static async Task<List<WorkItemDependency>> DependenciesAmongAsync(UnitOfWork unit, Dictionary<Guid, WorkItem> moved)
    {
        var ids = moved.Keys.ToList();
        var all = await unit.Rows.ItemDependencies.AsNoTracking().Where(d => ids.Contains(d.Id)).ToListAsync(CancellationToken.None).ConfigureAwait(false);
        return all.FindAll(d => moved.ContainsKey(d.DependsOnId))
            .ConvertAll(d => new WorkItemDependency { Id = moved[d.Id].Id, DependsOnId = moved[d.DependsOnId].Id });
    }

    private static WorkProvenance Provenance(UnitOfWork unit, WorkOrder child) => new()
    {
        OrderId = child.Id,
        TenantId = child.TenantId,
        OperationId = unit.OperationId,
        Operation = "decide",
        ActorType = unit.Actor.Type,
        ActorId = unit.Actor.Id,
        OnBehalfOf = unit.Actor.OnBehalfOf?.ToString(),
        CreatedAt = unit.Now,
    };
}
