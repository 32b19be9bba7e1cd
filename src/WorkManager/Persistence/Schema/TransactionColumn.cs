using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Persistence.Schema;

/// <summary>
/// The feed's cursor on PostgreSQL, <c>work_events.tx</c>: what reads the feed waits for transactions that are still open.
/// The database fills it in, and the type has no counterpart elsewhere: only the migrations know it.
/// </summary>
internal static class TransactionColumn
{
    public const string PropertyName = "Tx";

    private const string Column = "tx";
    private const string Type = "xid8";
    private const string Value = "pg_current_xact_id()";

    /// <param name="events">The quoted name of the table.</param>
    public static string AddTo(string events) => $"ALTER TABLE {events} ADD COLUMN {Column} {Type} NOT NULL DEFAULT {Value};";

    public static void AddTo(IMutableModel model)
    {
        var property = model.FindEntityType(typeof(WorkEvent))!.AddProperty(PropertyName, typeof(ulong));
        property.SetColumnName(Column);
        property.SetColumnType(Type);
        property.SetDefaultValueSql(Value);
        property.ValueGenerated = ValueGenerated.OnAdd;
    }
}
