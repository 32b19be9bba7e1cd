using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WorkManager.Tests.Persistence.HostModel;

namespace WorkManager.Tests.Persistence;

/// <summary>The database after a host's <c>Migrate()</c>.</summary>
public abstract class SchemaSpecification(DatabaseFixture databases)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private bool OnPostgreSql => databases.Provider == Provider.PostgreSql;

    [Fact]
    public async Task It_holds_every_column_of_the_guide()
    {
        var schema = await ReadAsync();

        Assert.All(GuideSchema.Tables, table => AssertColumns(table, schema));
    }

    [Fact]
    public async Task It_holds_every_index_and_unique_constraint_of_the_guide()
    {
        var schema = await ReadAsync();

        Assert.All(GuideSchema.Tables, table =>
        {
            Assert.Equal(["id"], schema[table.Name].PrimaryKey);
            AssertIndexes(table, schema);
        });
    }

    [Fact]
    public async Task It_holds_every_foreign_key_of_the_guide()
    {
        var schema = await ReadAsync();

        Assert.All(GuideSchema.Tables, table => AssertForeignKeys(table, schema));
    }

    [Fact]
    public async Task It_holds_our_columns_indexes_and_tables_beside_the_guides()
    {
        var schema = await ReadAsync();

        Assert.All(GuideSchema.Additions, table =>
        {
            AssertColumns(table, schema);
            AssertIndexes(table, schema);
            AssertForeignKeys(table, schema);
        });
    }

    [Fact]
    public async Task It_holds_no_tables_or_columns_beyond_these()
    {
        var schema = await ReadAsync();

        var listed = GuideSchema.Tables.Concat(GuideSchema.Additions).SelectMany(t => t.Columns.Select(c => $"{t.Name}.{c.Name}"));
        var found = schema.Tables.SelectMany(t => t.Columns.Select(c => $"{t.Name}.{c.Name}"));
        Assert.Equal(OnPostgreSql ? ["work_events.tx"] : [], found.Except(listed));
    }

    [Fact]
    public async Task Rows_inserted_without_them_get_the_defaults()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await InsertWithoutDefaultsAsync(database);

        Assert.All(await DefaultsAsync(database), d => Assert.Equal(d.Expected, d.Found));
    }

    [Fact]
    public async Task Json_is_kept_as_it_was_written()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        const string json = """{ "b": 1.00,  "a": [ ] , "b": 2 }""";
        await AddAsync(database, new WorkOrder { Id = Guid.CreateVersion7(), Type = "probe", Payload = json, PayloadHash = new string('a', 64) });

        Assert.Equal(json, await database.ScalarAsync("SELECT payload FROM work_orders"));
    }

    [Fact]
    public async Task Times_come_back_to_the_microsecond()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        var time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, 901, TimeSpan.Zero);
        await AddAsync(database, new WorkOrder { Id = Guid.CreateVersion7(), Type = "probe", PayloadHash = new string('a', 64), DueAt = time });

        await using var context = database.Shop();
        Assert.Equal(time, (await context.Set<WorkOrder>().SingleAsync(o => o.DueAt <= time, Cancel)).DueAt);
    }

    [Fact]
    [Trait("Bug", "B12")]
    public async Task A_part_without_a_number_exists_once_a_key()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        var (_, item) = await AddOrderAsync(database);
        await AddAsync(database, Rows.Part(item, "identity"), Rows.Part(item, "other"), Rows.Part(item, "identity", 1), Rows.Part(item, "identity", 2));

        await AssertRefusedAsync("work_parts_item_key_no_seq_unique", () => AddAsync(database, Rows.Part(item, "identity")));
        await AssertRefusedAsync("work_parts_item_key_seq_unique", () => AddAsync(database, Rows.Part(item, "identity", 2)));
    }

    [Fact]
    public async Task An_idempotency_key_of_provenance_exists_once_and_none_often()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        var (order, _) = await AddOrderAsync(database);
        await AddAsync(database, Rows.Provenance(order), Rows.Provenance(order));
        await database.ExecuteAsync("UPDATE work_provenances SET idempotency_key = 'k' WHERE id = (SELECT min(id) FROM work_provenances)");

        await AssertRefusedAsync("work_prov_idempotency_key_unique", () => database.ExecuteAsync("UPDATE work_provenances SET idempotency_key = 'k'"));
    }

    [Fact]
    public async Task A_state_column_takes_the_guides_names_and_no_others()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        var (_, item) = await AddOrderAsync(database);
        await AddAsync(database, Rows.Part(item, "identity"));

        foreach (var (table, column, names) in GuideSchema.Tables.SelectMany(t => t.States.Select(s => (t.Name, s.Key, s.Value))))
        {
            foreach (var name in names)
            {
                await database.ExecuteAsync($"UPDATE {table} SET {column} = '{name}'");
            }

            await AssertRefusedAsync($"{table}_{column}_check", () => database.ExecuteAsync($"UPDATE {table} SET {column} = 'Queued'"));
        }
    }

    [Theory]
    [InlineData("work_orders")]
    [InlineData("work_items")]
    public async Task A_priority_is_from_0_to_100(string table)
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await AddOrderAsync(database);

        await database.ExecuteAsync($"UPDATE {table} SET priority = 0");
        await database.ExecuteAsync($"UPDATE {table} SET priority = 100");
        await AssertRefusedAsync($"{table}_priority_check", () => database.ExecuteAsync($"UPDATE {table} SET priority = -1"));
        await AssertRefusedAsync($"{table}_priority_check", () => database.ExecuteAsync($"UPDATE {table} SET priority = 101"));
    }

    [Fact]
    public async Task Only_a_queued_item_is_ready()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await AddOrderAsync(database);
        await database.ExecuteAsync("UPDATE work_items SET ready_at = created_at");

        await AssertRefusedAsync("work_items_ready_check", () => database.ExecuteAsync("UPDATE work_items SET state = 'leased'"));
    }

    [Fact]
    public async Task Items_and_parts_go_with_their_order()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        var (_, item) = await AddOrderAsync(database);
        await AddAsync(database, Rows.Part(item, "identity"));

        await database.ExecuteAsync("DELETE FROM work_orders");

        Assert.Equal(0L, await CountAsync(database, "work_orders", "work_items", "work_item_parts"));
    }

    [Theory]
    [Trait("Scenario", "S65")]
    [InlineData("event", false)]
    [InlineData("event", true)]
    [InlineData("provenance", false)]
    [InlineData("provenance", true)]
    [InlineData("decision", false)]
    [InlineData("decision", true)]
    public async Task A_plain_delete_of_what_has_history_is_refused_and_loses_nothing(string kind, bool ofItem)
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        var (order, item) = await AddOrderAsync(database);
        var about = ofItem ? item : null;
        await AddAsync(
            database,
            Rows.Part(item, "identity"),
            kind switch { "event" => Rows.Event(order, about), "provenance" => Rows.Provenance(order, about), _ => Rows.Decision(order, about) });
        string[] tables = ["work_orders", "work_items", "work_item_parts", "work_events", "work_provenances", "work_decisions"];

        var constraint = $"work_{kind}s_{(ofItem ? "item" : "order")}_id_fkey";
        await AssertRefusedAsync(constraint, () => database.ExecuteAsync(ofItem ? "DELETE FROM work_items" : "DELETE FROM work_orders"));

        Assert.Equal(4L, await CountAsync(database, tables));
    }

    [Fact]
    public async Task A_schema_of_ones_choice_gets_the_tables_on_PostgreSql_and_SQLite_has_none()
    {
        await using var database = await databases.CreateAsync();
        await using (var context = new WithSchema(database.RareOptions<WithSchema>(o => o.UseWorkManager(schema: "wm"))))
        {
            await context.Database.MigrateAsync(Cancel);
        }

        await AssertUsableAsync(database, "wm", new WithSchema(database.RareOptions<WithSchema>(o => o.UseWorkManager(schema: "wm"))));
    }

    [Fact]
    public async Task The_hosts_default_schema_gets_the_tables_on_PostgreSql_and_SQLite_has_none()
    {
        await using var database = await databases.CreateAsync();
        await using (var context = new WithDefaultSchema(database.RareOptions<WithDefaultSchema>(o => o.UseWorkManager())))
        {
            await context.Database.MigrateAsync(Cancel);
        }

        await AssertUsableAsync(database, "app", new WithDefaultSchema(database.RareOptions<WithDefaultSchema>(o => o.UseWorkManager())));
    }

    [Fact]
    public async Task The_schema_of_ones_choice_wins_over_the_hosts_default()
    {
        await using var database = await databases.CreateAsync();
        await using (var context = new WithDefaultSchema(database.RareOptions<WithDefaultSchema>(o => o.UseWorkManager(schema: "wm"))))
        {
            await context.Database.MigrateAsync(Cancel);
        }

        await AssertUsableAsync(database, "wm", new WithDefaultSchema(database.RareOptions<WithDefaultSchema>(o => o.UseWorkManager(schema: "wm"))));
    }

    [Fact]
    public async Task Migrating_down_removes_everything()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        await using var context = database.Shop();

        await context.Database.MigrateAsync("0", Cancel);

        Assert.Empty((await DatabaseSchema.ReadAsync(database)).Tables);
        await context.Database.MigrateAsync(Cancel);
        Assert.NotEmpty((await DatabaseSchema.ReadAsync(database)).Tables);
    }

    /// <summary>The tables are where they belong, and the context's own SQL and the engine's find them there.</summary>
    private async Task AssertUsableAsync(TestDatabase database, string schema, DbContext host)
    {
        Assert.Equal(
            GuideSchema.Tables.Concat(GuideSchema.Additions).Select(t => t.Name).Distinct().Order(StringComparer.Ordinal),
            (await DatabaseSchema.ReadAsync(database, schema)).Tables.Select(t => t.Name));
        if (OnPostgreSql)
        {
            Assert.Empty((await DatabaseSchema.ReadAsync(database)).Tables);
            Assert.Contains((await DatabaseSchema.ReadAsync(database, schema))["work_events"].Columns, c => c is { Name: "tx", Type: "xid8", Nullable: false });
        }

        await using (host)
        await using (var engine = new WorkManagerDbContext(database.RareOptions<WorkManagerDbContext>(o => o.UseWorkManagerEngine(schema))))
        {
            engine.Add(Rows.Order());
            await engine.SaveChangesAsync();
            Assert.Equal("probe", (await host.Set<WorkOrder>().SingleAsync()).Type);
        }
    }

    private static void AssertIndexes(GuideTable expected, DatabaseSchema schema)
    {
        var found = schema[expected.Name].Indexes.Select(i =>
            (i.Unique ? "unique " : "") + string.Join(", ", i.Columns) + (i.Filter is null ? "" : $" where {i.Filter}"));
        Assert.All(expected.Indexes, index => Assert.Contains(index, found));
    }

    private static void AssertForeignKeys(GuideTable expected, DatabaseSchema schema)
    {
        var found = schema[expected.Name].ForeignKeys.Where(f => f.PrincipalColumns is ["id"])
            .Select(f => $"{string.Join(", ", f.Columns)} -> {f.Principal} {f.OnDelete}");
        Assert.All(expected.ForeignKeys, key => Assert.Contains(key, found));
    }

    private static async Task<(WorkOrder Order, WorkItem Item)> AddOrderAsync(TestDatabase database)
    {
        var order = Rows.Order();
        var item = Rows.Item(order);
        await AddAsync(database, order, item);
        return (order, item);
    }

    private static async Task AddAsync(TestDatabase database, params object[] rows)
    {
        await using var engine = database.Engine();
        engine.AddRange(rows);
        await engine.SaveChangesAsync();
    }

    private static async Task<long> CountAsync(TestDatabase database, params string[] tables)
    {
        var count = 0L;
        foreach (var table in tables)
        {
            count += Convert.ToInt64(await database.ScalarAsync($"SELECT count(*) FROM {table}"), CultureInfo.InvariantCulture);
        }

        return count;
    }

    // The order's minimal row is written with SQL: the model sends every column.
    private static async Task InsertWithoutDefaultsAsync(TestDatabase database)
    {
        const string now = "'2026-01-02 03:04:05Z'";
        var hash = new string('a', 64);
        const string order = "'00000000-0000-7000-8000-000000000001'", item = "'00000000-0000-7000-8000-000000000002'";
        await database.ExecuteAsync(
            $"INSERT INTO work_orders (id, type, payload, payload_hash, created_at, updated_at) VALUES ({order}, 'probe', '{{}}', '{hash}', {now}, {now})");
        await database.ExecuteAsync(
            $"INSERT INTO work_items (id, order_id, order_type, type, input, available_at, created_at, updated_at) "
            + $"VALUES ({item}, {order}, 'probe', 'probe', '{{}}', {now}, {now}, {now})");
        await database.ExecuteAsync(
            $"INSERT INTO work_item_parts (id, work_item_id, part_key, payload, submitted_by_agent_id, created_at, updated_at) "
            + $"VALUES ({item}, {item}, 'key', '{{}}', 'agent', {now}, {now})");
        await database.ExecuteAsync($"INSERT INTO work_events (order_id, event, created_at) VALUES ({order}, 'probed', {now})");
    }

    private static async Task<List<(string Expected, string Found)>> DefaultsAsync(TestDatabase database)
    {
        var defaults = new List<(string, string)>();
        var expected = GuideSchema.Tables.Concat(GuideSchema.Additions).SelectMany(t => t.Defaults.Select(d => (t.Name, d.Key, d.Value)));
        foreach (var (table, column, value) in expected)
        {
            var found = await database.ScalarAsync($"SELECT {column} FROM {table}");
            defaults.Add(($"{table}.{column} = {value}", string.Create(CultureInfo.InvariantCulture, $"{table}.{column} = {found}")));
        }

        return defaults;
    }

    private void AssertColumns(GuideTable expected, DatabaseSchema schema) =>
        Assert.Superset(
            expected.Columns.Select(c => new DatabaseColumn(c.Name, OnPostgreSql ? c.PostgreSql : c.Sqlite, c.Nullable, c.Identity)).ToHashSet(),
            schema[expected.Name].Columns.ToHashSet());

    /// <summary>PostgreSQL names the constraint; SQLite names checks, and of the rest the kind.</summary>
    private async Task AssertRefusedAsync(string constraint, Func<Task> write)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(write);
        var error = Assert.IsAssignableFrom<DbException>(refused is DbUpdateException ? refused.InnerException : refused);
        var expected = OnPostgreSql || constraint.EndsWith("_check", StringComparison.Ordinal) ? constraint
            : constraint.EndsWith("_fkey", StringComparison.Ordinal) ? "FOREIGN KEY constraint failed"
            : "UNIQUE constraint failed";
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private async Task<DatabaseSchema> ReadAsync()
    {
        await using var database = await databases.CreateAsync(Hosts.Migrated);
        return await DatabaseSchema.ReadAsync(database);
    }

    private sealed class WithSchema(DbContextOptions options) : DbContext(options);

    private sealed class WithDefaultSchema(DbContextOptions options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasDefaultSchema("app");
    }
}

public sealed class SchemaOnSqlite(SqliteFixture databases) : SchemaSpecification(databases), IOnSqlite;

public sealed class SchemaOnPostgreSql(PostgreSqlFixture databases) : SchemaSpecification(databases), IOnPostgreSql;
