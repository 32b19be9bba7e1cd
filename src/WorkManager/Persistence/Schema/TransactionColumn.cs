using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Persistence.Schema;

/// <summary>
/// The feed's cursor on PostgreSQL, <c>work_events.tx</c>, and its index: what reads the feed waits for transactions that are still open.
/// The database fills it in, and the type has no counterpart elsewhere: only the migrations know it.
/// </summary>
internal static class TransactionColumn
{
    public const string PropertyName = "Tx";

    private const string Index = "work_events_tx_idx";
    private const string Column = "tx";
    private const string Type = "xid8";
    private const string Value = "pg_current_xact_id()";

    /// <param name="events">The quoted name of the table.</param>
    public static string AddTo(string events) => $"ALTER TABLE {events} ADD COLUMN {Column} {Type} NOT NULL DEFAULT {Value};";

    /// <param name="events">The quoted name of the table.</param>
    public static string IndexOn(string events) => $"CREATE INDEX {Index} ON {events} ({Column}, id);";

    public static void AddTo(IMutableModel model)
    {
        var entity = model.FindEntityType(typeof(WorkEvent))!;
        var property = entity.AddProperty(PropertyName, typeof(ulong));
        property.SetColumnName(Column);
        property.SetColumnType(Type);
        property.SetDefaultValueSql(Value);
        property.ValueGenerated = ValueGenerated.OnAdd;
        entity.AddIndex([property, entity.FindProperty(nameof(WorkEvent.Id))!], Index);
    }
}
