using Microsoft.EntityFrameworkCore;

namespace WorkManager.Execution;

/// <summary>The items of an order that wait for other items of it. The order must be locked.</summary>
/// <remarks>
/// A dependency without <see cref="WorkItemDependency.MetAt"/> counts once in <see cref="WorkItem.BlockedBy"/> of the item that waits, whatever its state. An
/// item that is held waits for none.
/// </remarks>
internal static class ItemDependencies
{
    /// <summary>Lets items go on that wait for some of their order which are done. Those items must not be tracked.</summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="done">The items that are done.</param>
    public static async Task MeetAsync(UnitOfWork unit, IReadOnlyCollection<Guid> done)
    {
        var clock = await unit.ReadClockAsync().ConfigureAwait(false);
        var met = unit.Rows.ItemDependencies.Where(d => done.Contains(d.DependsOnId) && d.MetAt == null);
        var waiting = await met.Select(d => d.Id).ToListAsync().ConfigureAwait(false);
        // By their ids: a database may read all items if it is asked for those that wait.
        foreach (var alike in Alike(waiting))
        {
            var ids = alike.ToList();
            await unit.Rows.Items.Where(i => ids.Contains(i.Id))
                .ExecuteUpdateAsync(items => unit.Queue.PutBack(items, reasons: alike.Key, clock)).ConfigureAwait(false);
        }

        await met.ExecuteUpdateAsync(d => d.SetProperty(m => m.MetAt, unit.Now)).ConfigureAwait(false);
    }

    /// <summary>Does what the order type says to items that wait for some of their order which have failed for good.</summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="order">The order.</param>
    /// <param name="failed">The items that have failed.</param>
    public static async Task FailAsync(UnitOfWork unit, WorkOrder order, IReadOnlyCollection<WorkItem> failed)
    {
        if (order.DependencyFailure == DependencyFailure.GoOn)
        {
            await MeetAsync(unit, [.. failed.Select(i => i.Id)]).ConfigureAwait(false);
        }

        while (order.DependencyFailure == DependencyFailure.Fail && failed.Count > 0)
        {
            var causes = failed.Select(i => i.Id).ToList();
            var waits = await unit.Rows.ItemDependencies.AsNoTracking().Where(d => causes.Contains(d.DependsOnId) && d.MetAt == null)
                .ToListAsync().ConfigureAwait(false);
            var causeOf = waits.GroupBy(d => d.Id).ToDictionary(g => g.Key, g => g.Min(d => d.DependsOnId));
            var dependents = await FindAsync(unit, causeOf.Keys).ConfigureAwait(false);
            failed = dependents.FindAll(i => i.State == ItemState.Queued);
            foreach (var item in failed)
            {
                unit.Queue.FailWith(order, item, causeOf[item.Id]);
            }
        }
    }

    /// <summary>
    /// The items that are done again with some others, and these: what has failed because of them; and what has a result, if the order type says so.
    /// </summary>
    /// <param name="unit">The transaction.</param>
    /// <param name="chosen">The items that somebody has chosen.</param>
    /// <param name="withResult">The state of the items with a result that are done again; null for none.</param>
    /// <exception cref="WorkManagerException">One of the chosen would wait for an item that has failed, and is not chosen.</exception>
    public static async Task<List<WorkItem>> WithDependentsAsync(UnitOfWork unit, List<WorkItem> chosen, ItemState? withResult)
    {
        var all = chosen.ToDictionary(i => i.Id);
        for (var last = chosen; last.Count > 0;)
        {
            var ids = last.ConvertAll(i => i.Id);
            var waiting = await unit.Rows.ItemDependencies.Where(d => ids.Contains(d.DependsOnId)).Select(d => d.Id).Distinct()
                .ToListAsync().ConfigureAwait(false);
            if (waiting.Count == 0)
            {
                break;
            }

            // Without their documents, and not tracked: of the others, some may be put back into the queue by a statement.
            var dependents = await unit.Rows.Items.Where(i => waiting.Contains(i.Id)).Select(i => new { i.Id, i.State, i.BlockedBy })
                .ToListAsync().ConfigureAwait(false);
            // One that has failed and waits has failed with another: one that was held waits for none.
            var follow = dependents.FindAll(i => i.State == withResult || i is { State: ItemState.Failed, BlockedBy: > 0 }).ConvertAll(i => i.Id);
            last = await FindAsync(unit, follow.FindAll(id => !all.ContainsKey(id))).ConfigureAwait(false);
            last.ForEach(i => all.Add(i.Id, i));
        }

        await LeaveOutBlockedAsync(unit, chosen, all).ConfigureAwait(false);
        return [.. all.Values.OrderBy(i => i.Id)];
    }

    /// <summary>Lets items that are in the queue wait again for those that are done again. Somebody holds the others: they go on.</summary>
    /// <param name="unit">The transaction. What it has changed is saved.</param>
    /// <param name="again">The items that are done again, in the queue.</param>
    public static async Task WaitAgainAsync(UnitOfWork unit, IReadOnlyCollection<WorkItem> again)
    {
        var done = again.Select(i => i.Id).ToList();
        var met = unit.Rows.ItemDependencies.Where(d => done.Contains(d.DependsOnId) && d.MetAt != null);
        var dependents = await met.Select(d => d.Id).ToListAsync().ConfigureAwait(false);
        if (dependents.Count == 0)
        {
            return;
        }

        await unit.SaveAsync().ConfigureAwait(false);
        // By a statement: somebody may claim one of them at this moment. What it has not found in the queue cannot come there, since the order is locked.
        foreach (var alike in Alike(dependents))
        {
            var ids = alike.ToList();
            await unit.Rows.Items.Where(i => ids.Contains(i.Id) && i.State == ItemState.Queued)
                .ExecuteUpdateAsync(queued => unit.Queue.TakeOut(queued, reasons: alike.Key)).ConfigureAwait(false);
        }

        var waiting = await unit.Rows.Items.Where(i => dependents.Contains(i.Id) && i.State == ItemState.Queued).Select(i => i.Id)
            .ToListAsync().ConfigureAwait(false);
        await met.Where(d => waiting.Contains(d.Id)).ExecuteUpdateAsync(d => d.SetProperty(m => m.MetAt, (DateTimeOffset?)null)).ConfigureAwait(false);
    }

    /// <summary>Leaves out what waits for an item that has failed and is not done again, and what waits for that.</summary>
    private static async Task LeaveOutBlockedAsync(UnitOfWork unit, List<WorkItem> chosen, Dictionary<Guid, WorkItem> all)
    {
        var ids = all.Keys.ToList();
        var waits = await unit.Rows.ItemDependencies.AsNoTracking().Where(d => ids.Contains(d.Id) && d.MetAt == null).ToListAsync().ConfigureAwait(false);
        List<Guid> others = [.. waits.Select(d => d.DependsOnId).Where(id => !all.ContainsKey(id)).Distinct()];
        if (others.Count == 0)
        {
            return;
        }

        var states = await unit.Rows.Items.Where(i => others.Contains(i.Id)).Select(i => new { i.Id, i.State }).ToListAsync().ConfigureAwait(false);
        var failed = states.Where(i => i.State == ItemState.Failed).Select(i => i.Id).ToHashSet();
        while (waits.FindAll(d => all.ContainsKey(d.Id) && failed.Contains(d.DependsOnId)) is { Count: > 0 } blocked)
        {
            if (blocked.Find(d => chosen.Exists(i => i.Id == d.Id)) is { } refused)
            {
                throw new WorkManagerException(
                    WorkErrorCodes.DependencyFailed,
                    $"The item {refused.Id} waits for the item {refused.DependsOnId}, which has failed. Name that one, too, or none at all.");
            }

            // What is left out has failed, too.
            blocked.ForEach(d => failed.UnionWith(all.Remove(d.Id) ? [d.Id] : []));
        }
    }

    /// <summary>Items by how often each of them stands in a list. Mostly all stand in it once.</summary>
    private static ILookup<int, Guid> Alike(List<Guid> items) => items.CountBy(id => id).ToLookup(i => i.Value, i => i.Key);

    private static Task<List<WorkItem>> FindAsync(UnitOfWork unit, IReadOnlyCollection<Guid> ids) => ids.Count == 0
        ? Task.FromResult<List<WorkItem>>([])
        : unit.Rows.Items.Where(i => ids.Contains(i.Id)).OrderBy(i => i.Id).ToListAsync();
}
