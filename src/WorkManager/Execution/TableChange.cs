using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Execution;

/// <summary>What a unit writes to one table, in one statement whatever the number of rows.</summary>
/// <param name="Table">The table.</param>
/// <param name="Kind">How the rows are written.</param>
/// <param name="Columns">What is written, without the key of rows that are there.</param>
/// <param name="Rows">The entities.</param>
internal sealed record TableChange(IEntityType Table, ChangeKind Kind, IReadOnlyList<IProperty> Columns, IReadOnlyList<object> Rows)
{
    /// <summary>The changed entities of a tracker, by table. The rows are locked: a column that only some of them changed can be written for all.</summary>
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
    /// <exception cref="NotSupportedException">An entity is of no table of the model, or has a value where the database gives one.</exception>
    public static IEnumerable<TableChange> Inserts(IModel model, IEnumerable<object> entities)
    {
        var places = TableOrder.Of(model);
        return
            from entity in entities
            group entity by TableOf(model, entity) into table
            orderby places[table.Key]
            select New(table.Key, ChangeKind.Insert, [.. table]);
    }

    /// <summary>New entities of one table, which are left out where they are there already.</summary>
    /// <exception cref="NotSupportedException">Nothing that the rows bring with them tells which of them were written.</exception>
    public static TableChange InsertsIfAbsent(IModel model, IReadOnlyList<object> entities)
    {
        var change = New(TableOf(model, entities[0]), ChangeKind.InsertIfAbsent, entities);
        return IdentityOf(change.Table).Count > 0 ? change : throw new NotSupportedException(
            $"A {change.Table.ClrType.Name} has no key of its own and no unique index that always holds: nothing says whether it is there already.");
    }

    /// <summary>The columns by which a new row is told from all others: its key, or if the database gives that, a unique index.</summary>
    public static IReadOnlyList<IProperty> IdentityOf(IEntityType table) => new[] { table.FindPrimaryKey()!.Properties }
        .Concat(table.GetIndexes().Where(i => i.IsUnique && i.GetFilter() is null).Select(i => i.Properties))
        .FirstOrDefault(columns => columns.All(c => c.ValueGenerated == ValueGenerated.Never && !c.IsNullable)) ?? [];

    /// <summary>The columns that the database gives values to.</summary>
    public static IEnumerable<IProperty> GeneratedBy(IEntityType table) => table.GetProperties().Where(p => p.ValueGenerated != ValueGenerated.Never);

    /// <summary>The same in parts whose documents are not longer together than so many characters, unless one row's are.</summary>
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
            $"EF Core tracks a {entry.Metadata.ClrType.Name} as {entry.State}. A unit adds rows by Insert alone, and leaves navigations to the tracker; it "
            + "deletes none."),
        _ => false,
    };

    private static IEntityType TableOf(IModel model, object entity) =>
        model.FindEntityType(entity.GetType()) ?? throw new NotSupportedException($"{entity.GetType().Name} is no table of the model.");

    /// <summary>A column that none of the rows fills is left out.</summary>
    private static TableChange New(IEntityType table, ChangeKind kind, IReadOnlyList<object> rows)
    {
        if (GeneratedBy(table).FirstOrDefault(p => rows.Any(row => !p.GetGetter().HasSentinelValue(row))) is { } given)
        {
            throw new NotSupportedException($"A new {table.ClrType.Name} has a value for {given.Name}, which the database gives: it would be lost.");
        }

        bool IsFilled(IProperty column) => !column.IsNullable || rows.Any(row => column.GetGetter().GetClrValue(row) is not null);
        return new TableChange(table, kind, [.. table.GetProperties().Where(p => p.ValueGenerated == ValueGenerated.Never && IsFilled(p))], rows);
    }
}
