using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Execution;

namespace WorkManager.Providers.PostgreSql;

/// <summary>Rows as one array per column.</summary>
/// <inheritdoc/>
internal sealed class PostgreSqlTableStatements(long mostCharacters = TableStatements.MostCharacters) : TableStatements(mostCharacters)
{
    private const string DivisionByZero = "22012";
    private const string TimeOfInsert = "now()";

    private readonly ConcurrentDictionary<string, IRelationalCommand> commands = new(StringComparer.Ordinal);

    protected override string AskTimeOfInsert => $"SELECT (extract(epoch FROM {TimeOfInsert}) * 1000000)::bigint";

    protected override bool CountsRows => true;

    protected override string Counted(string statement, string rows) =>
        $"WITH written AS ({statement} RETURNING 1) SELECT 1 / (count(*) = {rows})::int FROM written";

    protected override bool IsMiscount(DbException failure) => failure.SqlState == DivisionByZero;

    protected override string Build(TableChange change, TableNames names, Func<object?, string> bind)
    {
        string Rows(IEnumerable<IProperty> columns, IEnumerable<string> aliases) =>
            $"FROM unnest({string.Join(", ", columns.Select(c => bind(ValuesOf(c, change.Rows))))}) AS r ({string.Join(", ", aliases)})";

        var columns = change.Columns.Zip(names.Columns, (column, name) => (Name: name, Cast: CastOf(column))).ToList();
        var values = change.Columns.Zip(
            columns, (column, c) => change.TimesOfInsert.Contains(column) ? $"CASE WHEN {c.Name} IS NOT NULL THEN {TimeOfInsert} END" : $"{c.Name}{c.Cast}");
        return change.Kind == ChangeKind.Update
            ? $"UPDATE {names.Table} AS t SET {string.Join(", ", columns.Select(c => $"{c.Name} = r.{c.Name}{c.Cast}"))} "
                + $"{Rows([.. KeyOf(change), .. change.Columns], [.. names.Key, .. names.Columns])} "
                + $"WHERE {string.Join(" AND ", names.Key.Select(k => $"t.{k} = r.{k}"))}"
            : $"INSERT INTO {names.Table} ({string.Join(", ", names.Columns)}) SELECT {string.Join(", ", values)} "
                + $"{Rows(change.Columns, names.Columns)}{IfAbsent(change, names)}";
    }

    protected override IRelationalCommand CommandOf(DbContext db, string text, int count, EndOfSave? end) =>
        commands.TryGetValue(text, out var command) ? command : commands.GetOrAdd(text, base.CommandOf(db, text, count, end));

    protected override (string Text, IReadOnlyList<object?> Values) Write(DbContext db, TableChange change, int first, bool isCounted)
    {
        if (change.Kind == ChangeKind.InsertIfAbsent)
        {
            return base.Write(db, change, first, isCounted);
        }

        var shape = new Shape(change, first, isCounted);
        var texts = TextsOf(change.Table.Model);
        if (!texts.TryGetValue(shape, out var text))
        {
            text = texts.GetOrAdd(shape, base.Write(db, change, first, isCounted).Text);
        }

        IEnumerable<IProperty> columns = change.Kind == ChangeKind.Update ? [.. KeyOf(change), .. change.Columns] : change.Columns;
        List<object?> values = [.. columns.Select(c => ValuesOf(c, change.Rows))];
        if (isCounted)
        {
            values.Add(change.Rows.Count);
        }

        return (text, values);
    }

    // The texts depend on the tables and columns that are written, and not on the rows. There are few, and building one takes longer than sending it. They end
    // with their model: an application may make many, such as one for each schema.
    private static ConcurrentDictionary<Shape, string> TextsOf(IModel model) =>
        model.GetOrAddRuntimeAnnotationValue("WorkManager:TextsOfWrites", static _ => new ConcurrentDictionary<Shape, string>(), model);

    // The provider maps the element types of the arrays. Only JSON is sent as text, and needs a cast.
    private static string CastOf(IProperty column) => column.GetColumnType() is "json" or "jsonb" ? $"::{column.GetColumnType()}" : "";

    private static Array ValuesOf(IProperty column, IReadOnlyList<object> rows)
    {
        var type = PlainValues.TypeOf(column);
        var values = Array.CreateInstance(column.IsNullable && type.IsValueType ? typeof(Nullable<>).MakeGenericType(type) : type, rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            values.SetValue(ValueOf(column, rows[i]), i);
        }

        return values;
    }

    /// <summary>What the text of a statement depends on.</summary>
    private sealed class Shape(TableChange change, int first, bool isCounted) : IEquatable<Shape>
    {
        private readonly (IEntityType Table, ChangeKind Kind, int First, bool IsCounted) head = (change.Table, change.Kind, first, isCounted);
        private readonly IReadOnlyList<IProperty> columns = change.Columns;
        private readonly IReadOnlyList<IProperty> times = change.TimesOfInsert;

        public bool Equals(Shape? other) =>
            other is not null && head == other.head && columns.SequenceEqual(other.columns) && times.SequenceEqual(other.times);

        public override bool Equals(object? obj) => Equals(obj as Shape);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add(head);
            foreach (var column in columns)
            {
                hash.Add(column);
            }

            return hash.ToHashCode();
        }
    }
}
