using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Execution;

/// <summary>The rows that a unit has inserted. If one is changed afterwards, the next save writes the change.</summary>
/// <remarks>
/// Each row is kept with a copy of the values that were written. Only rows that differ from their copy are handed to EF Core's tracker. To track all rows
/// would make a proposal of 10,000 items take 1.5 times as long (twice as long if all items belong to one order) and 1.5 times the memory, and most units
/// change nothing after they have saved.
/// </remarks>
internal sealed class WrittenRows(DbContext db)
{
    private static readonly Func<object, object> Copy =
        typeof(object).GetMethod(nameof(MemberwiseClone), BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Func<object, object>>();

    private readonly List<(object Row, object Written)> rows = [];

    public void Add(IEnumerable<object> written) => rows.AddRange(written.Select(row => (row, Copy(row))));

    /// <summary>Hands the rows that were changed to the tracker.</summary>
    /// <exception cref="InvalidOperationException">The key of such a row is unknown or was changed, or another entity with this key is tracked.</exception>
    public void TrackChanged() => rows.RemoveAll(of =>
    {
        if (!IsChanged(of))
        {
            return false;
        }

        EnsureKey(of);
        var entry = db.Entry(of.Row);
        entry.State = EntityState.Unchanged;
        entry.OriginalValues.SetValues(of.Written);
        return true;
    });

    private bool IsChanged((object Row, object Written) of) => TableOf(of.Row).GetProperties().Any(p => Differ(p, of));

    private void EnsureKey((object Row, object Written) of)
    {
        var key = TableOf(of.Row).FindPrimaryKey()!.Properties;
        if (key.Any(p => p.ValueGenerated != ValueGenerated.Never && p.GetGetter().HasSentinelValue(of.Row)))
        {
            throw new InvalidOperationException(
                $"A {of.Row.GetType().Name} was changed after it was inserted. The database generated its id, and the id was not read back, so the row cannot "
                + "be updated. Change it before it is saved.");
        }

        if (key.Any(p => Differ(p, of)))
        {
            throw new InvalidOperationException($"The key of a {of.Row.GetType().Name} was changed after it was inserted. A key cannot be changed.");
        }
    }

    private IEntityType TableOf(object row) => db.Model.FindEntityType(row.GetType())!;

    private static bool Differ(IProperty column, (object Row, object Written) of) =>
        !Equals(column.GetGetter().GetClrValue(of.Row), column.GetGetter().GetClrValue(of.Written));
}
