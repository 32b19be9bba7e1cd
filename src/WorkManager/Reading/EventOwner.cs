namespace WorkManager.Reading;

/// <summary>Whose events are read: those of an order and its items, or those of one item.</summary>
internal readonly record struct EventOwner(Guid Id, bool IsItem)
{
    public IQueryable<WorkEvent> Of(IQueryable<WorkEvent> events)
    {
        var id = Id;
        return IsItem ? events.Where(e => e.ItemId == id) : events.Where(e => e.OrderId == id);
    }
}
