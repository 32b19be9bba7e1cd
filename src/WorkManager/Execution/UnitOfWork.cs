using Microsoft.EntityFrameworkCore;
using WorkManager.Auditing;
using WorkManager.Orders;
using WorkManager.Persistence;

namespace WorkManager.Execution;

/// <summary>One attempt at a transaction: the engine's context, one time, one actor, and the rows that were changed or added.</summary>
/// <remarks>
/// Locks are taken in one order: orders by id, items by id, parts, inserts. Orders are locked by writing them. A lock without a write would not do in a
/// caller's transaction at REPEATABLE READ: of two submits that are the last of an order, each would see the other's item as still open.
/// </remarks>
internal sealed class UnitOfWork
{
    private readonly List<object> inserts = [];
    private readonly WrittenRows written;
    private readonly StoreDialects dialects;
    private readonly IdGenerator ids;

    public UnitOfWork(WorkManagerDbContext db, OperationContext context, Attempt attempt, StoreDialects dialects, IdGenerator ids)
    {
        Db = db;
        Attempt = attempt;
        Tenant = context.Tenant;
        Rows = new WorkRows(db, context.Tenant);
        Dialect = dialects.Of(db);
        written = new WrittenRows(db);
        Actor = context.Actor;
        Now = context.Clock.Now();
        Clock = context.Clock;
        OperationId = context.OperationId;
        Audit = new AuditTrail(Insert, Actor, Now, OperationId, () => context.TraceParent);
        Lifecycle = new Lifecycle(Audit, Now);
        Queue = new ItemQueue(Lifecycle, Audit, Actor, Now);
        this.dialects = dialects;
        this.ids = ids;
    }

    public WorkManagerDbContext Db { get; }

    /// <summary>The tenant whose work the unit sees, or all of them.</summary>
    public TenantScope Tenant { get; }

    /// <summary>The rows of <see cref="Tenant"/>. Queries begin here.</summary>
    public WorkRows Rows { get; }

    /// <summary>The attempt that the unit belongs to.</summary>
    public Attempt Attempt { get; }

    public Actor Actor { get; }

    /// <summary>The id of the call. All rows of history that the call writes have it, in every attempt.</summary>
    public Guid OperationId { get; }

    /// <summary>The application's time at the start of the attempt. Rows are stamped with it.</summary>
    public DateTimeOffset Now { get; }

    public WorkClock Clock { get; }

    public AuditTrail Audit { get; }

    public Lifecycle Lifecycle { get; }

    public ItemQueue Queue { get; }

    public IStoreDialect Dialect { get; }

    /// <summary>The time that decides leases.</summary>
    public Task<DateTimeOffset> ReadClockAsync() => Dialect.ReadClockAsync(Db, Clock.Source, Now);

    /// <summary>
    /// The same for rows that the unit adds. Where the command that adds them is its own transaction, it need not be asked for: the rows get the time of the
    /// command.
    /// </summary>
    public Task<DateTimeOffset> ReadClockForNewRowsAsync() => Clock.Source == ClockSource.Database && Dialect.HasClock && Db.Database.CurrentTransaction is null
        ? Task.FromResult(WorkClock.AtInsert)
        : ReadClockAsync();

    public Guid NewId() => ids.Next();

    /// <summary>A feature's SQL for this database.</summary>
    public T Sql<T>()
        where T : notnull => dialects.Sql<T>(Db);

    /// <summary>Locks an order.</summary>
    /// <exception cref="WorkNotFoundException">There is no such order, or it belongs to another tenant.</exception>
    public async Task<WorkOrder> LockOrderAsync(Guid orderId) =>
        await Dialect.LockOrderAsync(this, orderId).ConfigureAwait(false) ?? throw WorkNotFoundException.Order(orderId);

    /// <summary>Locks an order, and reads its items in the order of their ids.</summary>
    /// <exception cref="WorkNotFoundException">There is no such order, or it belongs to another tenant.</exception>
    public async Task<(WorkOrder Order, IReadOnlyList<WorkItem> Items)> LockOrderWithItemsAsync(Guid orderId)
    {
        var (order, items) = await Dialect.LockOrderWithItemsAsync(this, orderId).ConfigureAwait(false);
        return (order ?? throw WorkNotFoundException.Order(orderId), items);
    }

    /// <summary>Locks an order, if nobody else has. An attempt of this call without an answer may still have the lock: then it waits.</summary>
    /// <exception cref="WorkNotFoundException">There is no such order, or it belongs to another tenant.</exception>
    /// <exception cref="WorkBusyException">Somebody has locked it, or there is no such order.</exception>
    public async Task<WorkOrder> TryLockOrderAsync(Guid orderId) => Attempt.MayBeDone
        ? await LockOrderAsync(orderId).ConfigureAwait(false)
        : (await Dialect.TryLockOrdersAsync(this, [orderId]).ConfigureAwait(false)).SingleOrDefault() ?? throw WorkBusyException.OfOrder(orderId);

    /// <summary>Locks the orders of items, and returns them by id.</summary>
    public async Task<IReadOnlyDictionary<Guid, WorkOrder>> LockOrdersOfItemsAsync(IReadOnlyCollection<Guid> itemIds) =>
        (await Dialect.LockOrdersOfItemsAsync(this, itemIds).ConfigureAwait(false)).ToDictionary(o => o.Id);

    /// <summary>Sets the revision back that a lock has raised, for orders whose work and outcome did not change under it.</summary>
    public static void LeaveAsTheyWere(IEnumerable<WorkOrder> orders)
    {
        foreach (var order in orders)
        {
            order.Revision--;
        }
    }

    /// <summary>Locks the items that the caller holds. For each of the others the result says why the caller does not hold it.</summary>
    public async Task<HeldItems> LockHeldItemsAsync(IEnumerable<LeaseToken> leases, bool waits)
    {
        var tokens = leases.Distinct().ToList();
        var held = (await Dialect.LockHeldItemsAsync(this, tokens, waits).ConfigureAwait(false)).ToDictionary(i => new LeaseToken(i.Id, i.LeaseEpoch));
        var lost = await WhyNotHeldAsync([.. tokens.Where(t => !held.ContainsKey(t))], waits).ConfigureAwait(false);
        return new(held, lost, Actor);
    }

    /// <summary>Finds out from the stored items why the caller does not hold them.</summary>
    /// <param name="leases">Leases whose items were not locked.</param>
    /// <param name="waits">
    /// Whether the lock waited for items that others had locked. If not, an item that the caller does hold was skipped because it was locked: it is busy.
    /// </param>
    public async Task<IReadOnlyDictionary<LeaseToken, WorkManagerException>> WhyNotHeldAsync(IReadOnlyCollection<LeaseToken> leases, bool waits)
    {
        if (leases.Count == 0)
        {
            return new Dictionary<LeaseToken, WorkManagerException>();
        }

        var ids = leases.Select(l => l.ItemId).ToList();
        var stored = await Rows.Items.AsNoTracking().Where(i => ids.Contains(i.Id)).ToDictionaryAsync(i => i.Id).ConfigureAwait(false);
        var now = await ReadClockAsync().ConfigureAwait(false);
        return leases.ToDictionary(l => l, l => stored.GetValueOrDefault(l.ItemId) switch
        {
            { IsLeased: true } item when !waits && item.LeaseEpoch == l.Epoch && item.LeasedByAgentId == Actor.LeaseHolder && !item.IsLeaseExpired(now) =>
                new WorkBusyException(l.ItemId),
            var item => WhyLeaseIsLost(item, l, Actor),
        });
    }

    /// <summary>
    /// The same after a command that has written something. If it was its own transaction, it is committed, and must be answered: should the database fail to
    /// say why the others are not held, they are told to try again.
    /// </summary>
    public async Task<IReadOnlyDictionary<LeaseToken, WorkManagerException>> WhyNotHeldOrBusyAsync(IReadOnlyCollection<LeaseToken> leases, bool waits)
    {
        try
        {
            return await WhyNotHeldAsync(leases, waits).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever the failure is: what is committed must not be lost with it.
        catch (Exception) when (Db.Database.CurrentTransaction is null)
#pragma warning restore CA1031
        {
            return leases.ToDictionary(l => l, l => (WorkManagerException)new WorkBusyException(l.ItemId));
        }
    }

    /// <summary>Adds a row for the actor's decision about a locked order.</summary>
    public WorkDecision Decide(Guid id, WorkOrder order, string decision)
    {
        var decided = new WorkDecision
        {
            Id = id,
            OrderId = order.Id,
            TenantId = order.TenantId,
            Decision = decision,
            ActorType = Actor.Type,
            ActorId = Actor.Id,
            OnBehalfOf = Actor.OnBehalfOf?.ToString(),
            Roles = Actor.StoredRoles,
            OrderRevision = order.Revision,
            CreatedAt = Now,
        };
        Insert(decided);
        return decided;
    }

    /// <summary>Adds a row with the next save.</summary>
    public void Insert(object row) => inserts.Add(row);

    /// <summary>
    /// Inserts rows of one table at once. A row is left out if a stored row, or an earlier one of <paramref name="rows"/>, has the same key or the same values
    /// in a unique index.
    /// </summary>
    /// <remarks>Rows that these refer to must be in the database already: rows that wait for the next save are not.</remarks>
    /// <returns>The rows that were inserted. Later changes to the others are not saved.</returns>
    public async Task<IReadOnlyList<T>> InsertIfAbsentAsync<T>(IReadOnlyList<T> rows)
        where T : class
    {
        if (rows.Count == 0)
        {
            return [];
        }

        List<T> added = [.. (await Dialect.InsertIfAbsentAsync(Db, TableChange.InsertsIfAbsent(Db.Model, rows)).ConfigureAwait(false)).Cast<T>()];
        written.Add(added);
        return added;
    }

    /// <summary>Writes what was changed and added since the last save: one statement per table, all in one round trip.</summary>
    /// <remarks>
    /// Updates come before inserts. They go to rows that are locked already, in the order of the locks, and may free a value of a unique index that a new row
    /// takes.
    /// </remarks>
    public async Task SaveAsync()
    {
        if (Changes() is { Length: > 0 } changes)
        {
            await Dialect.WriteAsync(Db, changes).ConfigureAwait(false);
            AcceptChanges();
        }
    }

    /// <summary>Saves what closes a locked order, and tells in the same round trip whether others may wait for the order.</summary>
    /// <returns>
    /// False if none does, and none can begin to before the transaction ends: whoever proposes one later sees that the order is closed. If true, it has to be
    /// looked for them after the commit.
    /// </returns>
    public async Task<bool> SaveClosingAsync(WorkOrder order)
    {
        var mayBeAwaited = await Dialect.WriteClosingAsync(this, Changes(), order.Id).ConfigureAwait(false);
        AcceptChanges();
        return mayBeAwaited;
    }

    private TableChange[] Changes()
    {
        written.TrackChanged();
        return [.. TableChange.Updates(Db.ChangeTracker), .. TableChange.Inserts(Db.Model, inserts)];
    }

    private void AcceptChanges()
    {
        Db.ChangeTracker.AcceptAllChanges();
        written.Add(inserts);
        inserts.Clear();
    }

    /// <summary>Finds out from the stored item why the caller does not hold it.</summary>
    public static WorkManagerException WhyLeaseIsLost(WorkItem? item, LeaseToken lease, Actor actor) => item switch
    {
        null => WorkNotFoundException.Item(lease.ItemId),
        _ when item.LeaseEpoch != lease.Epoch => new LeaseLostException(lease.ItemId, LeaseLostReason.Superseded),
        { IsLeased: false } => new LeaseLostException(lease.ItemId, LeaseLostReason.NotLeased),
        _ when item.LeasedByAgentId != actor.LeaseHolder => new LeaseLostException(lease.ItemId, LeaseLostReason.NotHolder),
        _ => new LeaseLostException(lease.ItemId, LeaseLostReason.Expired),
    };
}
