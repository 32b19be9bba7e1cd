using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Execution;

/// <summary>What a unit writes to one table, in one statement whatever the number of rows.</summary>
/// <param name="Table">The table.</param>
/// <param name="IsNew">Whether the rows are inserted; else they are updated by their key.</param>
/// <param name="Columns">What is written, without the key of rows that are there.</param>
/// <param name="Rows">The entities.</param>
internal sealed record TableChange(IEntityType Table, bool IsNew, IReadOnlyList<IProperty> Columns, IReadOnlyList<object> Rows)
{
    // Rows before those that refer to them.
    private static readonly Type[] Tables = [typeof(WorkOrder), typeof(WorkItem), typeof(WorkProvenance), typeof(WorkDecision), typeof(WorkEvent)];

    /// <summary>The changed entities of a tracker, by table. The rows are locked: a column that only some of them changed can be written for all.</summary>
    public static IEnumerable<TableChange> Updates(ChangeTracker tracker) =>
        from entry in tracker.Entries()
        where entry.State == Microsoft.EntityFrameworkCore.EntityState.Modified
        group entry by entry.Metadata into table
        orderby RankOf(table.Key)
        select new TableChange(
            table.Key,
            IsNew: false,
            [.. table.Key.GetProperties().Where(p => table.Any(e => e.Property(p).IsModified))],
            [.. table.Select(e => e.Entity)]);

    /// <summary>New entities, by table. A column that none of them fills is left out.</summary>
    public static IEnumerable<TableChange> Inserts(IModel model, IEnumerable<object> entities) =>
        from entity in entities
        group entity by model.FindEntityType(entity.GetType())! into table
        orderby RankOf(table.Key)
        select new TableChange(
            table.Key,
            IsNew: true,
            [.. table.Key.GetProperties().Where(p => p.ValueGenerated == ValueGenerated.Never && (!p.IsNullable || table.Any(e => Fills(e, p))))],
            [.. table]);

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

    private static bool Fills(object entity, IProperty column) => column.GetGetter().GetClrValue(entity) is not null;

    private static int RankOf(IEntityType table) =>
        Array.IndexOf(Tables, table.ClrType) is >= 0 and var rank ? rank : throw new NotSupportedException($"No unit writes {table.ClrType.Name}.");
}
