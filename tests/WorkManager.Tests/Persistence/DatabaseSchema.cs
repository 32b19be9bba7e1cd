using System.Data.Common;
using System.Text.RegularExpressions;

namespace WorkManager.Tests.Persistence;

/// <summary>What a database really holds, as its own catalog says it.</summary>
internal sealed record DatabaseSchema(IReadOnlyList<DatabaseTable> Tables)
{
    public DatabaseTable this[string table] => Tables.Single(t => t.Name == table);

    /// <summary>The tables whose name begins with <c>work_</c>.</summary>
    /// <param name="database">The database.</param>
    /// <param name="schema">Where to look on PostgreSQL.</param>
    public static async Task<DatabaseSchema> ReadAsync(TestDatabase database, string schema = "public")
    {
        await using var connection = await database.OpenConnectionAsync();
        return database.Provider == Provider.Sqlite
            ? await new SqliteCatalog(connection).ReadAsync()
            : await new PostgreSqlCatalog(connection, schema).ReadAsync();
    }
}

internal sealed record DatabaseTable(
    string Name,
    IReadOnlyList<DatabaseColumn> Columns,
    IReadOnlyList<string> PrimaryKey,
    IReadOnlyList<DatabaseIndex> Indexes,
    IReadOnlyList<DatabaseForeignKey> ForeignKeys,
    IReadOnlyList<DatabaseCheck> Checks,
    IReadOnlyList<string> Settings)
{
    /// <summary>One line a fact: what an equality assertion shows when it fails.</summary>
    public IEnumerable<string> Describe() =>
    [
        .. Columns.Select(c => $"{Name}.{c}"),
        $"{Name} PRIMARY KEY ({string.Join(", ", PrimaryKey)})",
        .. Indexes.Select(i => $"{Name} {i}"),
        .. ForeignKeys.Select(f => $"{Name} {f}"),
        .. Checks.Select(c => $"{Name} {c}"),
        .. Settings.Select(s => $"{Name} {s}"),
    ];
}

/// <summary>A column; its type as the database spells it.</summary>
internal sealed record DatabaseColumn(string Name, string Type, bool Nullable, bool Identity)
{
    public override string ToString() => $"{Name} {Type}{(Nullable ? "" : " NOT NULL")}{(Identity ? " IDENTITY" : "")}";
}

/// <summary>An index; a descending column reads <c>priority desc</c>.</summary>
internal sealed record DatabaseIndex(string Name, IReadOnlyList<string> Columns, bool Unique, string? Filter)
{
    public override string ToString() =>
        $"{(Unique ? "UNIQUE " : "")}INDEX {Name} ({string.Join(", ", Columns)}){(Filter is null ? "" : $" WHERE {Filter}")}";
}

internal sealed record DatabaseForeignKey(string Name, IReadOnlyList<string> Columns, string Principal, IReadOnlyList<string> PrincipalColumns, string OnDelete)
{
    public override string ToString() =>
        $"FOREIGN KEY {Name} ({string.Join(", ", Columns)}) REFERENCES {Principal} ({string.Join(", ", PrincipalColumns)}) ON DELETE {OnDelete}";
}

internal sealed record DatabaseCheck(string Name, string Sql)
{
    public override string ToString() => $"CHECK {Name}: {Sql}";
}

internal abstract partial class Catalog(DbConnection connection)
{
    public abstract Task<DatabaseSchema> ReadAsync();

    protected async Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, params (string Name, object Value)[] parameters)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>PostgreSQL adds casts and parentheses to a condition, and makes arrays of lists.</summary>
    protected static string Plain(string condition) =>
        List().Replace(
            Decoration().Replace(condition, ""), m => $"{(m.Groups[1].Value == "=" ? "IN" : "NOT IN")} {m.Groups[2].Value}").Replace('"', ' ').Trim();

    [GeneratedRegex(@"::text(\[\])?|::character varying(\[\])?|[()]")]
    private static partial Regex Decoration();

    [GeneratedRegex(@"(=|<>) (?:ANY|ALL) ARRAY\[([^\]]*)\]")]
    private static partial Regex List();
}

internal sealed partial class SqliteCatalog(DbConnection connection) : Catalog(connection)
{
    public override async Task<DatabaseSchema> ReadAsync()
    {
        var tables = await QueryAsync(
            @"SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'work\_%' ESCAPE '\' ORDER BY name",
            r => (Name: r.GetString(0), Sql: r.GetString(1)));
        var read = new List<DatabaseTable>();
        foreach (var (name, sql) in tables)
        {
            var (columns, key) = await ReadColumnsAsync(name, sql);
            read.Add(new(
                name, columns, key, await ReadIndexesAsync(name), await ReadForeignKeysAsync(name, sql), ReadChecks(sql), await ReadDefaultsAsync(name)));
        }

        return new(read);
    }

    private async Task<(List<DatabaseColumn> Columns, List<string> Key)> ReadColumnsAsync(string table, string sql)
    {
        var rows = await QueryAsync(
            "SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo($table) ORDER BY cid",
            r => (Name: r.GetString(0), Type: r.GetString(1), NotNull: r.GetBoolean(2), Key: r.GetInt32(3)),
            ("$table", table));
        var columns = rows.Select(r => new DatabaseColumn(r.Name, r.Type, !r.NotNull, r.Key == 1 && sql.Contains("AUTOINCREMENT", StringComparison.Ordinal)));
        return ([.. columns], [.. rows.Where(r => r.Key > 0).OrderBy(r => r.Key).Select(r => r.Name)]);
    }

    private Task<List<string>> ReadDefaultsAsync(string table) => QueryAsync(
        "SELECT name, dflt_value FROM pragma_table_xinfo($table) WHERE dflt_value IS NOT NULL ORDER BY cid",
        r => $"DEFAULT {r.GetString(0)}: {r.GetString(1)}",
        ("$table", table));

    private async Task<List<DatabaseIndex>> ReadIndexesAsync(string table)
    {
        var rows = await QueryAsync(
            """
            SELECT list.name, list."unique", def.sql, group_concat(col.name || CASE col.desc WHEN 1 THEN ' desc' ELSE '' END, ',' ORDER BY col.seqno)
            FROM pragma_index_list($table) AS list
            JOIN sqlite_master AS def ON def.type = 'index' AND def.name = list.name
            JOIN pragma_index_xinfo(list.name) AS col ON col.key
            WHERE list.origin = 'c'
            GROUP BY list.name, list."unique", def.sql ORDER BY list.name
            """,
            r => (Name: r.GetString(0), Unique: r.GetBoolean(1), Sql: r.GetString(2), Columns: r.GetString(3)),
            ("$table", table));
        return
        [
            .. rows.Select(r => new DatabaseIndex(
                r.Name, r.Columns.Split(','), r.Unique, Filter().Match(r.Sql) is { Success: true } f ? Plain(f.Groups[1].Value) : null)),
        ];
    }

    private async Task<List<DatabaseForeignKey>> ReadForeignKeysAsync(string table, string sql)
    {
        // The pragma knows no names.
        var names = ForeignKeyName().Matches(sql).ToDictionary(m => m.Groups[2].Value.Replace("\"", "", StringComparison.Ordinal), m => m.Groups[1].Value);
        var rows = await QueryAsync(
            "SELECT id, \"from\", \"table\", \"to\", on_delete FROM pragma_foreign_key_list($table) ORDER BY id, seq",
            r => (Id: r.GetInt32(0), From: r.GetString(1), Principal: r.GetString(2), To: r.GetString(3), OnDelete: r.GetString(4)),
            ("$table", table));
        return
        [
            .. rows.GroupBy(r => (r.Id, r.Principal, r.OnDelete))
                .Select(g => new DatabaseForeignKey(
                    names[string.Join(", ", g.Select(r => r.From))], [.. g.Select(r => r.From)], g.Key.Principal, [.. g.Select(r => r.To)], g.Key.OnDelete))
                .OrderBy(f => f.Name, StringComparer.Ordinal),
        ];
    }

    // EF Core writes a constraint a line.
    private static List<DatabaseCheck> ReadChecks(string sql) =>
        [.. Check().Matches(sql).Select(m => new DatabaseCheck(m.Groups[1].Value, Plain(m.Groups[2].Value))).OrderBy(c => c.Name, StringComparer.Ordinal)];

    [GeneratedRegex(@"\bWHERE (.*)$", RegexOptions.Singleline)]
    private static partial Regex Filter();

    [GeneratedRegex(@"CONSTRAINT ""(\w+)"" FOREIGN KEY \(([^)]*)\)")]
    private static partial Regex ForeignKeyName();

    [GeneratedRegex(@"CONSTRAINT ""(\w+)"" CHECK \((.*)\),?\r?$", RegexOptions.Multiline)]
    private static partial Regex Check();
}

internal sealed class PostgreSqlCatalog(DbConnection connection, string schema) : Catalog(connection)
{
    public override async Task<DatabaseSchema> ReadAsync()
    {
        var tables = await QueryAsync(
            """
            SELECT oid::bigint, relname FROM pg_class
            WHERE relkind = 'r' AND relname LIKE 'work\_%' AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = @schema)
            ORDER BY relname
            """,
            r => (Id: r.GetInt64(0), Name: r.GetString(1)),
            ("schema", schema));
        var read = new List<DatabaseTable>();
        foreach (var (id, name) in tables)
        {
            read.Add(new(
                name, await ReadColumnsAsync(id), await ReadKeyAsync(id), await ReadIndexesAsync(id), await ReadForeignKeysAsync(id), await ReadChecksAsync(id),
                await ReadSettingsAsync(id)));
        }

        return new(read);
    }

    private Task<List<DatabaseColumn>> ReadColumnsAsync(long table) => QueryAsync(
        """
        SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull, attidentity <> ''
        FROM pg_attribute WHERE attrelid = @table::oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum
        """,
        r => new DatabaseColumn(r.GetString(0), r.GetString(1), r.GetBoolean(2), r.GetBoolean(3)),
        ("table", table));

    private async Task<IReadOnlyList<string>> ReadKeyAsync(long table) => (await QueryAsync(
        """
        SELECT array(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS key (num, pos)
                     JOIN pg_attribute ON attrelid = conrelid AND attnum = num ORDER BY pos)
        FROM pg_constraint WHERE conrelid = @table::oid AND contype = 'p'
        """,
        r => r.GetFieldValue<string[]>(0),
        ("table", table))).Single();

    private Task<List<DatabaseIndex>> ReadIndexesAsync(long table) => QueryAsync(
        """
        SELECT relname, indisunique, pg_get_expr(indpred, indrelid),
               array(SELECT pg_get_indexdef(indexrelid, pos, true) || CASE indoption[pos - 1] & 1 WHEN 1 THEN ' desc' ELSE '' END
                     FROM generate_series(1, indnkeyatts) AS pos ORDER BY pos)
        FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE indrelid = @table::oid AND NOT indisprimary ORDER BY relname COLLATE "C"
        """,
        r => new DatabaseIndex(r.GetString(0), [.. r.GetFieldValue<string[]>(3).Select(Plain)], r.GetBoolean(1), r.IsDBNull(2) ? null : Plain(r.GetString(2))),
        ("table", table));

    private Task<List<DatabaseForeignKey>> ReadForeignKeysAsync(long table) => QueryAsync(
        """
        SELECT conname, principal.relname, confdeltype::text,
               array(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS key (num, pos)
                     JOIN pg_attribute ON attrelid = conrelid AND attnum = num ORDER BY pos),
               array(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY AS key (num, pos)
                     JOIN pg_attribute ON attrelid = confrelid AND attnum = num ORDER BY pos)
        FROM pg_constraint JOIN pg_class AS principal ON principal.oid = confrelid
        WHERE conrelid = @table::oid AND contype = 'f' ORDER BY conname COLLATE "C"
        """,
        r => new DatabaseForeignKey(r.GetString(0), r.GetFieldValue<string[]>(3), r.GetString(1), r.GetFieldValue<string[]>(4), ActionOf(r.GetString(2))),
        ("table", table));

    private Task<List<DatabaseCheck>> ReadChecksAsync(long table) => QueryAsync(
        """
        SELECT conname, pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conrelid = @table::oid AND contype = 'c' ORDER BY conname COLLATE "C"
        """,
        r => new DatabaseCheck(r.GetString(0), Plain(r.GetString(1))),
        ("table", table));

    private Task<List<string>> ReadSettingsAsync(long table) => QueryAsync(
        """
        SELECT line FROM (
            SELECT adnum AS pos, 'DEFAULT ' || attname || ': ' || pg_get_expr(adbin, adrelid) AS line
            FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum WHERE adrelid = @table::oid
            UNION ALL
            SELECT 10000, 'WITH ' || unnest(reloptions) FROM pg_class WHERE oid = @table::oid) AS settings
        ORDER BY pos, line COLLATE "C"
        """,
        r => r.GetString(0),
        ("table", table));

    private static string ActionOf(string code) => code switch
    {
        "a" => "NO ACTION",
        "c" => "CASCADE",
        "r" => "RESTRICT",
        "n" => "SET NULL",
        "d" => "SET DEFAULT",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, null),
    };
}
