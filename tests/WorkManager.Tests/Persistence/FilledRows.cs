using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using WorkManager.Orders;

namespace WorkManager.Tests.Persistence;

/// <summary>A row of each table in which every column has a value that is easily damaged.</summary>
internal static class FilledRows
{
    /// <summary>The engine's model.</summary>
    public static IModel Model { get; } = ReadModel();

    /// <summary>The rows, those that are referred to first.</summary>
    /// <param name="number">Which: rows of different numbers differ in each column, or in what is unique.</param>
    public static IEnumerable<object> OfAllTables(int number)
    {
        var (order, other) = (Fill(new WorkOrder(), number), Fill(new WorkOrder(), number));
        other.UniqueKey = null;
        var (item, after) = (Fill(new WorkItem { OrderId = order.Id }, number), Fill(new WorkItem { OrderId = order.Id }, number));
        // A blocked item is not ready.
        item.BlockedBy = 0;
        after.ReadyAt = null;
        return
        [
            order, other, item, after,
            Fill(new WorkItemPart { WorkItemId = item.Id }, number),
            Fill(new WorkEvent { OrderId = order.Id, ItemId = item.Id }, number),
            Fill(new WorkProvenance { OrderId = order.Id, ItemId = item.Id }, number),
            Fill(new WorkDecision { OrderId = order.Id, ItemId = item.Id }, number),
            Fill(new WorkIdempotencyKey { OrderId = order.Id }, number),
            new WorkItemDependency { Id = after.Id, DependsOnId = item.Id },
            new WorkOrderDependency { Id = other.Id, DependsOnId = order.Id },
            Fill(new WorkDuty(), number), Fill(new WorkPausedType(), number),
        ];
    }

    /// <summary>The values of a row by the names of their properties, without an id that the database gives.</summary>
    public static Dictionary<string, object?> Values(object row) => Columns(row).ToDictionary(p => p.Name, p => p.GetValue(row));

    private static T Fill<T>(T row, int number)
        where T : notnull
    {
        var table = Model.FindEntityType(row.GetType())!;
        foreach (var (member, i) in Columns(row).Select((member, i) => (member, i)))
        {
            var column = table.FindProperty(member.Name)!;
            if (column.IsForeignKey() && member.GetValue(row) is not null)
            {
                continue;
            }

            var seed = (100 * number) + i;
            member.SetValue(row, (Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType) switch
            {
                var type when type == typeof(Guid) => Guid.NewGuid(),
                var type when type == typeof(string) => Text(member, column.GetMaxLength(), seed),
                // Time to the microsecond, and more digits than a double keeps.
                var type when type == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch.AddTicks((seed * 864_000_000_123_450L) + 10),
                var type when type == typeof(long) => long.MaxValue - seed,
                var type when type == typeof(int) => int.MaxValue - seed,
                var type when type == typeof(short) => (short)(member.Name == nameof(WorkItem.Priority) ? number : short.MaxValue - seed),
                var type when type == typeof(bool) => true,
                var type when type.IsEnum => Enum.GetValuesAsUnderlyingType(type).Cast<int>().Select(v => Enum.ToObject(type, v)).First(),
                var type => throw new NotSupportedException($"{member}: {type}"),
            });
        }

        return row;
    }

    private static string Text(PropertyInfo member, int? length, int seed) => (member.Name, length) switch
    {
        // The only one that PostgreSQL writes anew.
        (nameof(WorkOrder.Meta), _) => $$"""{"seed": {{seed}}}""",
        (_, EntityMapping.HashLength) => string.Concat(Enumerable.Repeat($"{seed:x4}", 16)),
        (_, not null) => $"{seed} ü€😀 '\"\\",
        _ when member.IsDefined(typeof(JsonColumnAttribute), inherit: false) =>
            $$"""{ "b":1.50,  "a": "\u00e9 \ud83d\ude00 ü€😀 '\\", "b": {{seed}}, "long": "{{new string('x', 40_000)}}" }""",
        _ => $"{seed}\r\n\t\u0001 ü€😀 '\"\\ {new string('é', 20_000)}",
    };

    private static IModel ReadModel()
    {
        var options = new DbContextOptionsBuilder<WorkManagerDbContext>().UseSqlite();
        options.AmongManyKinds();
        using var db = new WorkManagerDbContext(options.Options);
        return db.Model;
    }

    private static IEnumerable<PropertyInfo> Columns(object row) => row.GetType().GetProperties()
        .Where(p => p.CanWrite && (p.PropertyType.IsValueType || p.PropertyType == typeof(string)) && !(p.Name == "Id" && p.PropertyType == typeof(long)));
}
