using System.Text.Json;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>A lease on an item: it is the holder's until it runs out, is given back or ends with a result.</summary>
/// <remarks>
/// Every write of the holder is checked against agent, <see cref="LeaseToken.Epoch"/> and time in the database. One who comes back late gets
/// <see cref="LeaseLostException"/>, even if nobody else has taken the item yet.
/// </remarks>
public sealed class WorkLease
{
    private readonly JsonSerializerOptions json;

    internal WorkLease(WorkItem item, TimeSpan heartbeatEvery, JsonSerializerOptions json, string? traceParent)
    {
        Item = item;
        HeartbeatEvery = heartbeatEvery;
        this.json = json;
        TraceParent = traceParent;
    }

    /// <summary>The item as it was leased.</summary>
    public WorkItem Item { get; }

    /// <summary>What to show with every write.</summary>
    public LeaseToken Token => new(Item.Id, Item.LeaseEpoch);

    /// <summary>The order that the item belongs to.</summary>
    public Guid OrderId => Item.OrderId;

    /// <summary>When the lease runs out, unless a heartbeat extends it.</summary>
    public DateTimeOffset ExpiresAt => Item.LeaseExpiresAt!.Value;

    /// <summary>For how long it was granted, and each heartbeat extends it.</summary>
    public TimeSpan Ttl => TimeSpan.FromSeconds(Item.LeaseSeconds!.Value);

    /// <summary>How often to send a heartbeat.</summary>
    public TimeSpan HeartbeatEvery { get; }

    /// <summary>The W3C trace context of the proposal: start the work's activity under it, and proposal, work and apply are one trace.</summary>
    public string? TraceParent { get; }

    /// <summary>What is to be done.</summary>
    /// <typeparam name="TInput">The input of the item's order type.</typeparam>
    /// <returns>The input.</returns>
    /// <exception cref="JsonException">The input is not such a value.</exception>
    public TInput Input<TInput>() => StoredJson.Read<TInput>(Item.Input, json);

    /// <summary>The token of a lease.</summary>
    /// <param name="lease">The lease.</param>
    public static implicit operator LeaseToken(WorkLease lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return lease.Token;
    }

    /// <summary>The token of this lease, for languages without conversions.</summary>
    /// <returns>The token.</returns>
    public LeaseToken ToLeaseToken() => Token;
}
