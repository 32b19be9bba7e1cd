using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Execution;

/// <summary>The rows that a unit writes to one table. One statement writes them all, however many there are.</summary>
/// <param name="Table">The table.</param>
/// <param name="Kind">How the rows are written.</param>
/// <param name="Columns">The columns that are written. For an update these do not include the key.</param>
/// <param name="Rows">The entities.</param>
internal sealed record TableChange(IEntityType Table, ChangeKind Kind, IReadOnlyList<IProperty> Columns, IReadOnlyList<object> Rows)
{
    /// <summary>
    /// The changed entities of a tracker, by table. A column that changed in some rows only is written for all: the rows are locked, so the others keep their
    /// value.
    /// </summary>
    /// <exception cref="InvalidOperationException">An entity is tracked as added or deleted.</exception>
    public static IEnumerable<TableChange> Updates(ChangeTracker tracker)
    {
        var places = TableOrder.Of(tracker.Context.Model);
        return
            from entry in tracker.Entries().ToList()
            where IsModified(entry)
            group entry by entry.Metadata into table
            orderby places[table.Key]
            select new TableChange(
                table.Key,
                ChangeKind.Update,
                [.. table.Key.GetProperties().Where(p => table.Any(e => e.Property(p).IsModified))],
                [.. table.Select(e => e.Entity)]);
    }

    /// <summary>New entities, by table.</summary>
    /// <exception cref="NotSupportedException">An entity is not in the model, or sets a column whose value the database generates.</exception>
    public static IEnumerable<TableChange> Inserts(IModel model, IEnumerable<object> entities)
    {
        var places = TableOrder.Of(model);
        return
            from entity in entities
            group entity by TableOf(model, entity) into table
            orderby places[table.Key]
            select New(table.Key, ChangeKind.Insert, [.. table]);
    }

    /// <summary>New entities of one table. Those that exist already are left out.</summary>
    /// <exception cref="NotSupportedException">The table has no columns by which the rows that were written can be told from the others.</exception>
    public static TableChange InsertsIfAbsent(IModel model, IReadOnlyList<object> entities)
    {
        var change = New(TableOf(model, entities[0]), ChangeKind.InsertIfAbsent, entities);
        return IdentityOf(change.Table).Count > 0 ? change : throw new NotSupportedException(
            $"A {change.Table.ClrType.Name} cannot be inserted 'if absent', because nothing tells whether a row exists already. The database generates the "
            + "key, and there is no unique index without a filter, nullable columns and generated columns.");
    }

    /// <summary>The columns that identify a new row: its key, or a unique index if the database generates the key. Empty if there are none.</summary>
    public static IReadOnlyList<IProperty> IdentityOf(IEntityType table) => new[] { table.FindPrimaryKey()!.Properties }
        .Concat(table.GetIndexes().Where(i => i.IsUnique && i.GetFilter() is null).Select(i => i.Properties))
        .FirstOrDefault(columns => columns.All(c => c.ValueGenerated == ValueGenerated.Never && !c.IsNullable)) ?? [];

    /// <summary>The columns whose values the database generates.</summary>
    public static IEnumerable<IProperty> GeneratedBy(IEntityType table) => table.GetProperties().Where(p => p.ValueGenerated != ValueGenerated.Never);

    /// <summary>Columns that get the time at which the rows are stored; see <see cref="WorkClock.AtInsert"/>. Where they are null, they stay so.</summary>
    public IReadOnlyList<IProperty> TimesOfInsert { get; private init; } = [];

    /// <summary>Gives the rows the time at which they were stored.</summary>
    public void SetTimeOfInsert(DateTimeOffset time)
    {
        foreach (var column in TimesOfInsert)
        {
            foreach (var row in Rows.Where(row => column.GetGetter().GetClrValue(row) is not null))
            {
                column.PropertyInfo!.SetValue(row, time);
            }
        }
    }

    /// <summary>
    /// Splits the change, so that the documents of each part have at most <paramref name="most"/> characters together. A row with longer documents is a part
    /// by itself.
    /// </summary>
    public IEnumerable<(TableChange Part, long Characters)> InParts(long most)
    {
        var documents = Columns.Where(c => c.ClrType == typeof(string) && c.GetMaxLength() is null).Select(c => c.GetGetter()).ToList();
        var (first, characters) = (0, 0L);
        for (var i = 0; i < Rows.Count; i++)
        {
            var more = documents.Sum(d => (long)((string?)d.GetClrValue(Rows[i]) ?? "").Length);
            if (i > first && characters + more > most)
            {
                yield return (this with { Rows = [.. Rows.Skip(first).Take(i - first)] }, characters);
                (first, characters) = (i, 0);
            }

            characters += more;
        }

        yield return (first == 0 ? this : this with { Rows = [.. Rows.Skip(first)] }, characters);
    }

    private static bool IsModified(EntityEntry entry) => entry.State switch
    {
        EntityState.Modified => true,
        EntityState.Added or EntityState.Deleted => throw new InvalidOperationException(
            $"EF Core tracks a {entry.Metadata.ClrType.Name} as {entry.State}. Add rows by UnitOfWork.Insert, and not through the context or a navigation. "
            + "A unit does not delete rows."),
        _ => false,
    };

    private static IEntityType TableOf(IModel model, object entity) =>
        model.FindEntityType(entity.GetType()) ?? throw new NotSupportedException(
            $"{entity.GetType().Name} is not an entity of the model, so it has no table.");

    /// <summary>New rows. A column that is null in all of them is left out.</summary>
    private static TableChange New(IEntityType table, ChangeKind kind, IReadOnlyList<object> rows)
    {
        if (GeneratedBy(table).FirstOrDefault(p => rows.Any(row => !p.GetGetter().HasSentinelValue(row))) is { } given)
        {
            throw new NotSupportedException($"A new {table.ClrType.Name} sets {given.Name}. The database generates that value: leave it unset.");
        }

        bool IsFilled(IProperty column) => !column.IsNullable || rows.Any(row => column.GetGetter().GetClrValue(row) is not null);
        List<IProperty> columns = [.. table.GetProperties().Where(p => p.ValueGenerated == ValueGenerated.Never && IsFilled(p))];
        return new TableChange(table, kind, columns, rows) { TimesOfInsert = columns.FindAll(c => IsTimeOfInsert(c, rows)) };
    }

    private static bool IsTimeOfInsert(IProperty column, IReadOnlyList<object> rows)
    {
        if ((Nullable.GetUnderlyingType(column.ClrType) ?? column.ClrType) != typeof(DateTimeOffset))
        {
            return false;
        }

        var times = rows.Select(column.GetGetter().GetClrValue).OfType<DateTimeOffset>();
        return times.FirstOrDefault() == WorkClock.AtInsert && (times.All(t => t == WorkClock.AtInsert) ? true : throw new NotSupportedException(
            $"Some new rows set {column.Name}, and others leave it to the database."));
    }
}
