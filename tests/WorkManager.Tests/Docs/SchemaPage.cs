using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using WorkManager.Tests.Persistence.HostModel;
using WorkManager.Tests.Support;

namespace WorkManager.Tests.Docs;

/// <summary>
/// <c>docs/reference/schema/README.md</c>, written from the model of both providers and the comments in the code: a column cannot be
/// forgotten, and an index needs a reason.
/// </summary>
public sealed partial class SchemaPage
{
    private static readonly string[] TablesInReadingOrder =
    [
        "work_orders", "work_items", "work_item_parts", "work_events", "work_provenances", "work_idempotency_keys",
        "work_decisions", "work_order_dependencies", "work_item_dependencies", "work_duties", "work_paused_types",
    ];

    /// <summary>What each index is for.</summary>
    private static readonly Dictionary<string, string> Purposes = new()
    {
        ["work_orders_type_index"] = "Orders of a type.",
        ["work_orders_state_index"] = "Orders in a state: a reviewer's list, dashboards.",
        ["work_orders_state_type_idx"] = "Orders of a type in a state.",
        ["work_orders_priority_created_idx"] = "Orders by urgency, then age.",
        ["work_orders_requester_idx"] = "What somebody asked for.",
        ["work_orders_unique_key_unique"] = "One open order for each unique key. A failed order is open: it can be retried.",
        ["work_orders_review_idx"] = "What waits for review, as a reviewer takes it: what is due first, then what is urgent, then what has waited longest.",
        ["work_orders_closed_idx"] = "Closed orders by when they were closed: what retention may delete.",
        ["work_orders_next_apply_idx"] = "Orders that are applied without a call, by when.",
        ["work_orders_parent_idx"] = "What was cloned from an order, reworks or reverses it.",
        ["work_items_type_index"] = "Items of a type.",
        ["work_items_state_index"] = "Items in a state.",
        ["work_items_lease_expires_at_index"] = "Leases by when they end: what the sweep takes back.",
        ["work_items_order_state_idx"] = "The items of an order, and its foreign key.",
        ["work_items_lease_expiry_idx"] = "Leases of a state by when they end.",
        ["work_items_ready_idx"] =
            "What is available to a tenant, in the order in which it is handed out. Like the next two it holds claimable items only: its size is the queue's, "
            + "not the table's.",
        ["work_items_ready_type_idx"] = "A checkout, of one order type or of several. And which tenants have work of a type.",
        ["work_items_ready_order_idx"] = "A checkout from one order.",
        ["work_items_due_idx"] = "Items whose time comes: delayed ones, and retries. Without those that something else keeps from being claimed.",
        ["work_items_held_by_agent_idx"] = "What an agent holds.",
        ["work_items_held_of_type_idx"] = "What is held of a type.",
        ["work_parts_item_key_seq_unique"] = "One part per key and number.",
        ["work_parts_item_key_no_seq_unique"] = "One part a key without a number: in the index above nulls differ from each other.",
        ["work_parts_item_status_idx"] = "The parts of an item that are still drafts, or validated.",
        ["work_parts_item_key_idx"] = "The parts of an item by key.",
        ["work_events_order_event_idx"] = "The trail of an order, and its foreign key.",
        ["work_events_item_event_idx"] = "The trail of an item, and its foreign key.",
        ["work_events_event_time_idx"] = "What happened of one kind, by time: statistics, feeds.",
        ["work_events_order_seq_unique"] = "The numbered events of an order: each number is given once.",
        ["work_prov_idempotency_key_unique"] = "The request that used a key.",
        ["work_prov_order_timeline_idx"] = "Who called about an order, by time, and its foreign key.",
        ["work_prov_item_idx"] = "Who called about an item, and its foreign key. Without the requests that are about no item.",
        ["work_idem_scope_hash_unique"] = "A key is used once in its scope.",
        ["work_idem_expires_idx"] = "Keys by when they may be forgotten.",
        ["work_decisions_approval_unique"] = "One live approval of each actor for the same content: two approvals are two people's.",
        ["work_decisions_approval_no_hash_unique"] = "The same for approvals that name no content: in the index above nulls differ from each other.",
        ["work_decisions_unconsumed_idx"] = "Approvals that were not used yet, by when they cease to count.",
        ["work_decisions_order_idx"] = "The decisions about an order, by time, and its foreign key.",
        ["work_decisions_item_idx"] = "The decisions about an item, and its foreign key.",
        ["work_order_dependencies_depends_on_idx"] = "What waits for an order that was closed.",
        ["work_order_dependencies_waiting_idx"] = "All orders that wait, for the duty.",
        ["work_item_dependencies_depends_on_idx"] = "What waits for an item.",
    };

    private static readonly IRelationalModel PostgreSql = Model(o => o.UseNpgsql("Host=nowhere"));
    private static readonly IRelationalModel Sqlite = Model(o => o.UseSqlite("Data Source=:memory:"));

    [Fact]
    public void It_says_what_the_model_and_the_comments_say() => GeneratedFile.AssertIs("docs/reference/schema/README.md", Write());

    [Fact]
    public void Every_table_is_on_it() => Assert.Equal(PostgreSql.Tables.Select(t => t.Name).Order(), TablesInReadingOrder.Order());

    [Fact]
    public void Every_index_has_a_purpose_and_every_purpose_an_index() =>
        Assert.Equal(PostgreSql.Tables.SelectMany(t => t.Indexes).Select(i => i.Name).Order(), Purposes.Keys.Order());

    private static string Write()
    {
        var page = new StringBuilder("""
            # The schema

            <!-- Written by a test from the model and the comments in the code; see SchemaPage. -->

            The tables as they stand in your database after `dotnet ef database update`. How to get them there is in the
            [migrations guide](../../guides/migrations.md); how to query them in the [database guide](../../guides/database.md).

            The same as SQL: [postgresql.sql](postgresql.sql), [sqlite.sql](sqlite.sql). Each is for an empty database, and records in EF Core's history table
            that it has run, so that the tool goes on where it ended. The rights that an application needs on PostgreSQL:
            [postgresql-grants.sql](postgresql-grants.sql), and those of a role that deletes old orders: [postgresql-prune-grants.sql](postgresql-prune-grants.sql).

            Names are the same for both providers. Ids of orders and items are UUIDs that rise with time; times are UTC, to the microsecond. JSON is kept as it
            was written, which is why it is `json`; `jsonb` is what is there to be searched. States are text, held to their names by check constraints.


            """);
        foreach (var name in TablesInReadingOrder)
        {
            Write(page, PostgreSql.Tables.Single(t => t.Name == name), Sqlite.Tables.Single(t => t.Name == name));
        }

        return page.ToString().TrimEnd() + "\n";
    }

    private static void Write(StringBuilder page, ITable table, ITable onSqlite)
    {
        var entity = table.EntityTypeMappings.Single().TypeBase.ClrType;
        page.Append(CultureInfo.InvariantCulture, $"## {table.Name}\n\n{CodeComments.Summary($"T:{entity.FullName}")} `{entity.Name}`.\n\n");

        page.Append("| Column | PostgreSQL | SQLite | Null | Default | |\n|---|---|---|---|---|---|\n");
        var asWritten = Array.ConvertAll(entity.GetProperties(), p => p.Name);
        foreach (var column in table.Columns.OrderBy(c => Array.IndexOf(asWritten, c.PropertyMappings[0].Property.Name)))
        {
            var property = column.PropertyMappings[0].Property;
            var initial = property.TryGetDefaultValue(out var value) ? $"`{Literal(value)}`" : "";
            page.Append(CultureInfo.InvariantCulture,
                $"| `{column.Name}` | {column.StoreType} | {onSqlite.FindColumn(column.Name)!.StoreType} | "
                + $"{(column.IsNullable ? "yes" : "")} | {initial} | {CodeComments.Summary($"P:{entity.FullName}.{property.Name}")} |\n");
        }

        if (table.Name == "work_events")
        {
            page.Append("| `tx` | xid8 |  |  | `pg_current_xact_id()` | "
                + "On PostgreSQL only: the transaction that wrote the row, so that a reader of the feed can wait for those that are still open. |\n");
        }

        page.Append(CultureInfo.InvariantCulture, $"\n**Primary key**: {Code(table.PrimaryKey!.Columns.Select(c => c.Name))}.\n\n");
        foreach (var key in table.ForeignKeyConstraints.OrderBy(k => k.Name, StringComparer.Ordinal))
        {
            var meaning = key.OnDeleteAction == ReferentialAction.Cascade ? "goes with it" : "keeps it from being deleted";
            page.Append(CultureInfo.InvariantCulture,
                $"**Foreign key** `{key.Name}`: {Code(key.Columns.Select(c => c.Name))} → `{key.PrincipalTable.Name}`, {meaning}.\n\n");
        }

        foreach (var check in table.CheckConstraints.OrderBy(c => c.Name, StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"**Check** `{check.Name}`: `{check.Sql}`.\n\n");
        }

        if (table.Indexes.Any())
        {
            page.Append("| Index | Columns | For |\n|---|---|---|\n");
            foreach (var index in table.Indexes.OrderBy(i => i.Name, StringComparer.Ordinal))
            {
                var columns = Code(index.Columns.Select((c, at) => c.Name + (index.IsDescending is { } down && (down.Count == 0 || down[at]) ? " desc" : "")));
                var filter = index.Filter is null ? "" : $" where `{index.Filter}`";
                page.Append(CultureInfo.InvariantCulture,
                    $"| `{index.Name}` | {(index.IsUnique ? "unique " : "")}{columns}{filter} | {Purposes[index.Name]} |\n");
            }

            if (table.Name == "work_events")
            {
                page.Append("| `work_events_tx_idx` | `tx`, `id` | The feed of events, on PostgreSQL only. |\n");
            }

            page.Append('\n');
        }
    }

    private static string Code(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"`{n}`"));

    private static string Literal(object? value) => value switch
    {
        string text => $"'{text}'",
        bool flag => flag ? "true" : "false",
        Enum state => $"'{Words().Replace(state.ToString(), "_").ToLowerInvariant()}'",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private static IRelationalModel Model(Action<DbContextOptionsBuilder<WorkManagerDbContext>> provider)
    {
        var options = new DbContextOptionsBuilder<WorkManagerDbContext>();
        provider(options);
        options.UseWorkManagerEngine();
        options.EnableServiceProviderCaching(false);
        options.AmongManyKinds();
        using var context = new WorkManagerDbContext(options.Options);
        return context.GetService<IDesignTimeModel>().Model.GetRelationalModel();
    }

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Words();
}
