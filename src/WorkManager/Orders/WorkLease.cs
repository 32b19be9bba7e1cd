namespace WorkManager;

/// <summary>A lease on an item: it is the holder's until it runs out, is given back or ends with a result.</summary>
/// <remarks>
/// Every write of the holder is checked against agent, <see cref="LeaseToken.Epoch"/> and time in the database. One who comes back late gets
/// <see cref="LeaseLostException"/>, even if nobody else has taken the item yet.
/// </remarks>
public sealed class WorkLease
{
    private readonly Func<Type, object> input;

    internal WorkLease(
        WorkItem item, TimeSpan heartbeatEvery, Func<Type, object> input, string? traceParent, IReadOnlyList<WorkFailure> earlierFailures)
    {
        Item = item;
        HeartbeatEvery = heartbeatEvery;
        this.input = input;
        TraceParent = traceParent;
        EarlierFailures = earlierFailures;
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

    /// <summary>
    /// What came of the last 20 leases of the item, the oldest first: failures, leases that ran out (<c>lease_expired</c>), the reasons for which it was
    /// given back (<c>released</c>), and those for which its result was returned (<c>rework</c>, in <see cref="WorkFailure.Details"/>).
    /// </summary>
    public IReadOnlyList<WorkFailure> EarlierFailures { get; }

    /// <summary>What is to be done. An input that was planned by an older version of the order type is brought up to the current one.</summary>
    /// <typeparam name="TInput">
    /// The input of the item's order type, or a base class of it; or <see cref="System.Text.Json.JsonElement"/> or
    /// <see cref="System.Text.Json.Nodes.JsonNode"/> for any input.
    /// </typeparam>
    /// <returns>The input.</returns>
    /// <exception cref="WorkManagerException">
    /// The input of the order type is another class (<c>type_mismatch</c>). The input does not fit that class, or its upgrade threw
    /// (<c>unreadable_document</c>): release the lease.
    /// </exception>
    public TInput Input<TInput>() => (TInput)input(typeof(TInput));

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
