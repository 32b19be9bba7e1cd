using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Execution;

/// <summary>The rows that a unit has inserted. What is changed of them afterwards is not lost: the next save writes it.</summary>
/// <remarks>
/// Each row is kept with a copy of what was written, and the tracker gets those that differ from it. To track all of them would make a proposal of 10,000
/// items take half as long again, or twice as long if they are of one order, and half as much memory again; and most units end with the save.
/// </remarks>
internal sealed class WrittenRows(DbContext db)
{
    private static readonly Func<object, object> Copy =
        typeof(object).GetMethod(nameof(MemberwiseClone), BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Func<object, object>>();

    private readonly List<(object Row, object Written)> rows = [];

    public void Add(IEnumerable<object> written) => rows.AddRange(written.Select(row => (row, Copy(row))));

    /// <summary>Has the tracker take over the rows that were changed.</summary>
    /// <exception cref="InvalidOperationException">The key of such a row is unknown or was changed, or another entity is tracked for it.</exception>
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
                $"A {of.Row.GetType().Name} was changed after it was inserted. The database gave it an id, which nobody read: nothing finds it again.");
        }

        if (key.Any(p => Differ(p, of)))
        {
            throw new InvalidOperationException($"The key of a {of.Row.GetType().Name} was changed after it was inserted.");
        }
    }

    private IEntityType TableOf(object row) => db.Model.FindEntityType(row.GetType())!;

    private static bool Differ(IProperty column, (object Row, object Written) of) =>
        !Equals(column.GetGetter().GetClrValue(of.Row), column.GetGetter().GetClrValue(of.Written));
}
