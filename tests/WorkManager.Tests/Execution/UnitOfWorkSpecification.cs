using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.Tests.Persistence;
using WorkManager.Tests.Plans;
using WorkManager.Tests.Shop;
using WorkManager.Tests.Support;

namespace WorkManager.Tests.Execution;

/// <summary>What a unit of work writes, and what it refuses to.</summary>
public abstract class UnitOfWorkSpecification(DatabaseFixture databases)
{
    private static readonly DateTimeOffset Later = new(2026, 5, 6, 7, 8, 9, 123, 456, TimeSpan.Zero);

    [Fact]
    public async Task Rows_of_all_tables_arrive_whole_whatever_order_they_were_added_in()
    {
        await using var app = await ShopApp.StartAsync(databases);
        object[] one = [.. FilledRows.OfAllTables(1)];
        object[] many = [.. FilledRows.OfAllTables(2), .. FilledRows.OfAllTables(3), .. SmallRows()];

        await SaveAsync(app, one.Reverse());
        await SaveAsync(app, many.Reverse());

        foreach (var rows in one.Concat(many).GroupBy(row => row.GetType()))
        {
            (await StoredAsync(app, rows.Key)).Should().BeEquivalentTo(
                rows.Select(FilledRows.Values), options => options.WithoutStrictOrdering(), "all of {0} is stored", rows.Key.Name);
        }

        one.Select(row => row.GetType()).Distinct().Should().BeEquivalentTo(FilledRows.Model.GetEntityTypes().Select(t => t.ClrType), "none is left out here");
    }

    [Fact]
    public async Task A_change_gives_up_a_place_in_a_unique_index_before_a_new_row_takes_it()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var (before, after) = (Rows.Order(), Rows.Order());
        before.UniqueKey = after.UniqueKey = "key";
        await SaveAsync(app, [before]);

        await Writing.InAsync(app, async unit =>
        {
            (await unit.LockOrderAsync(before.Id)).UniqueKey = null;
            unit.Insert(after);
            await unit.SaveAsync();
        });

        (await app.OrderAsync(before.Id)).UniqueKey.Should().BeNull();
        (await app.OrderAsync(after.Id)).UniqueKey.Should().Be("key");
    }

    [Fact]
    public async Task A_column_that_some_rows_change_is_left_as_it_is_in_the_others()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = Rows.Order();
        WorkItem[] items = [Rows.Item(order), Rows.Item(order), Rows.Item(order)];
        (items[0].Error, items[1].Error, items[1].Progress) = ("""{"old":0}""", """{"old":1}""", 5);
        await SaveAsync(app, [order, .. items]);

        await Writing.InAsync(app, async unit =>
        {
            var tracked = await unit.Db.WorkItems.ToDictionaryAsync(i => i.Id);
            (tracked[items[0].Id].Error, tracked[items[1].Id].Progress) = (null, null);
            tracked[items[2].Id].Error = """{"new":2}""";
            await unit.SaveAsync();
        });

        var stored = await app.ReadAsync(db => db.Set<WorkItem>().AsNoTracking().ToDictionaryAsync(i => i.Id));
        items.Select(i => (stored[i.Id].Error, stored[i.Id].Progress)).Should().Equal((null, null), ("""{"old":1}""", null), ("""{"new":2}""", null));
    }

    [Fact]
    public async Task What_is_changed_after_a_save_is_written_by_the_next()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = Rows.Order();
        WorkItem[] items = [Rows.Item(order), Rows.Item(order)];
        order.ItemList.AddRange(items);
        await Writing.InAsync(app, async unit =>
        {
            foreach (var row in new object[] { order, items[0], items[1], Rows.Event(order), Rows.Provenance(order) })
            {
                unit.Insert(row);
            }

            await unit.SaveAsync();
            unit.Db.ChangeTracker.Entries().Should().BeEmpty("to track what is not changed is dear");

            (order.State, order.DueAt) = (OrderState.InProgress, Later);
            items[1].Error = """{"code":"first"}""";
            await unit.SaveAsync();
            items[0].Progress = 7;
            items[1].Error = null;
            order.ItemsTotal = 2;
            await unit.SaveAsync();
            await unit.SaveAsync();
            order.Items.Should().Equal(items);
            order.Events.Should().BeEmpty();
        });

        var stored = await app.OrderAsync(order.Id);
        stored.Should().BeEquivalentTo(new { State = OrderState.InProgress, DueAt = Later, ItemsTotal = 2 });
        stored.Items.Select(i => (i.Id, i.Progress, i.Error)).Should().BeEquivalentTo([(items[0].Id, (short?)7, (string?)null), (items[1].Id, null, null)]);
        stored.Events.Should().ContainSingle();
    }

    [Fact]
    public async Task A_save_of_what_was_not_changed_sends_nothing()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await Writing.InAsync(app, async unit =>
        {
            unit.Insert(Rows.Order());
            await unit.SaveAsync();
            using var sent = new SentCommands(app.Database);

            await unit.SaveAsync();

            sent.Statements.Should().Be(0);
        });
    }

    [Fact]
    public async Task A_change_that_could_only_be_lost_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = Rows.Order();
        var happened = Rows.Event(order);
        await RefusesAsync<InvalidOperationException>(app, "*WorkEvent was changed after*", [order, happened], unit => happened.Message = "new");
        await RefusesAsync<InvalidOperationException>(app, "*key of a WorkOrder was changed*", [order], unit => order.Id = Guid.NewGuid());

        order = Rows.Order();
        await Writing.InAsync(app, async unit =>
        {
            unit.Insert(order);
            await unit.SaveAsync();
            (await unit.LockOrderAsync(order.Id)).Priority = 5;
            order.Priority = 7;
            await unit.Awaiting(u => u.SaveAsync()).Should().ThrowAsync<InvalidOperationException>().WithMessage("*WorkOrder*already being tracked*");
        });
    }

    [Fact]
    public async Task What_the_tracker_holds_as_added_or_deleted_is_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = Rows.Order();
        await SaveAsync(app, [order]);

        await RefusesAsync<InvalidOperationException>(app, "*WorkItem as Added*", [], unit => unit.Db.Add(Rows.Item(order)));
        await RefusesAsync<InvalidOperationException>(app, "*WorkOrder as Deleted*", [], unit => unit.Db.Remove(unit.Db.WorkOrders.Single()));

        (await app.OrderAsync(order.Id)).Items.Should().BeEmpty();
    }

    [Fact]
    public async Task A_row_of_no_table_and_a_value_in_the_databases_place_are_refused()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = Rows.Order();
        await SaveAsync(app, [order]);

        await RefusesAsync<NotSupportedException>(app, "*Customer is not an entity*", [], unit => unit.Insert(new Customer()));
        await RefusesAsync<NotSupportedException>(
            app, "*WorkEvent sets Id*", [], unit => unit.Insert(new WorkEvent { Id = 7, OrderId = order.Id, Event = "probed", CreatedAt = Later }));
    }

    [Fact]
    public async Task A_changed_row_that_is_gone_is_no_success()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await SaveAsync(app, [Rows.Order(), Rows.Order()]);

        await Writing.InAsync(app, async unit =>
        {
            var orders = await unit.Db.WorkOrders.ToListAsync();
            orders.ForEach(o => o.Priority = 9);
            await unit.Db.WorkOrders.Where(o => o.Id == orders[0].Id).ExecuteDeleteAsync();
            await unit.Awaiting(u => u.SaveAsync()).Should().ThrowAsync<InvalidOperationException>()
                .WithMessage("1 rows were written instead of 2, to work_orders*");
        });
    }

    [Fact]
    public async Task Rows_that_are_there_are_left_out_and_the_others_said()
    {
        await using var app = await ShopApp.StartAsync(databases);
        await Writing.InAsync(app, async unit =>
        {
            WorkDuty[] first = [new() { Name = "promote", Holder = "one", Epoch = 1, ExpiresAt = Later }];
            (await unit.InsertIfAbsentAsync(first)).Should().Equal(first);
            (await unit.InsertIfAbsentAsync([new WorkDuty { Name = "promote", Holder = "two" }])).Should().BeEmpty();

            WorkDuty[] more =
                [new() { Name = "reclaim", Holder = "two" }, new() { Name = "promote", Holder = "two" }, new() { Name = "reclaim", Holder = "three" }];
            (await unit.InsertIfAbsentAsync(more)).Should().Equal(more[0]);
            (await unit.InsertIfAbsentAsync(Array.Empty<WorkDuty>())).Should().BeEmpty();

            more[0].Epoch = 8;
            await unit.SaveAsync();
        });

        (await app.ReadAsync(db => db.Set<WorkDuty>().AsNoTracking().OrderBy(d => d.Name).ToListAsync())).Should().BeEquivalentTo(
            [
                new { Name = "promote", Holder = "one", Epoch = 1L, ExpiresAt = (DateTimeOffset?)Later },
                new { Name = "reclaim", Holder = "two", Epoch = 8L, ExpiresAt = (DateTimeOffset?)null },
            ],
            options => options.WithStrictOrdering());
    }

    [Fact]
    public async Task Rows_are_told_apart_by_all_columns_of_their_key()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = Rows.Order();
        WorkItem[] items = [Rows.Item(order), Rows.Item(order), Rows.Item(order)];
        WorkItemDependency Waits(int item, int other) => new() { Id = items[item].Id, DependsOnId = items[other].Id };
        await SaveAsync(app, [order, .. items, Waits(0, 1)]);

        await Writing.InAsync(app, async unit =>
        {
            WorkItemDependency[] rows = [Waits(0, 1), Waits(0, 2), Waits(1, 2)];
            using var sent = new SentCommands(app.Database);
            (await unit.InsertIfAbsentAsync(rows)).Should().BeEquivalentTo(rows[1..]);
            sent.Statements.Should().Be(1);
        });

        (await app.ReadAsync(db => db.Set<WorkItemDependency>().Select(d => new { d.Id, d.DependsOnId }).ToListAsync())).Should().BeEquivalentTo(
            [new { items[0].Id, DependsOnId = items[1].Id }, new { items[0].Id, DependsOnId = items[2].Id }, new { items[1].Id, DependsOnId = items[2].Id }]);
    }

    [Fact]
    public async Task A_unique_index_counts_where_the_database_gives_the_key_which_is_then_known()
    {
        await using var app = await ShopApp.StartAsync(databases);
        WorkIdempotencyKey Key(string scope, char hash) => new()
        {
            Scope = scope, KeyHash = new string(hash, 64), RequestHash = new string('f', 64), CreatedAt = Later, ExpiresAt = Later.AddDays(1),
        };

        await Writing.InAsync(app, async unit =>
        {
            await unit.InsertIfAbsentAsync([Key("propose", 'a')]);
            WorkIdempotencyKey[] keys = [Key("propose", 'a'), Key("propose", 'b'), Key("approve", 'a')];
            var added = await unit.InsertIfAbsentAsync(keys);

            added.Should().BeEquivalentTo(keys[1..]);
            added.Select(k => k.Id).Should().OnlyHaveUniqueItems().And.NotContain(0);
            (added[0].Status, added[0].ResponseSnapshot) = (201, """{"answer" : 42}""");
            await unit.SaveAsync();
        });

        (await app.ReadAsync(db => db.Set<WorkIdempotencyKey>()
            .Select(k => new { k.Scope, Hash = k.KeyHash.Substring(0, 1), k.Status, k.ResponseSnapshot }).ToListAsync())).Should().BeEquivalentTo(
            [
                new { Scope = "propose", Hash = "a", Status = (short?)null, ResponseSnapshot = (string?)null },
                new { Scope = "propose", Hash = "b", Status = (short?)201, ResponseSnapshot = (string?)"""{"answer" : 42}""" },
                new { Scope = "approve", Hash = "a", Status = (short?)null, ResponseSnapshot = (string?)null },
            ]);
    }

    [Fact]
    public async Task Rows_that_nothing_tells_apart_cannot_be_left_out()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var order = Rows.Order();

        await Writing.InAsync(app, async unit => await unit.Awaiting(u => u.InsertIfAbsentAsync([Rows.Event(order)]))
            .Should().ThrowAsync<NotSupportedException>().WithMessage("*WorkEvent cannot be inserted 'if absent'*"));
    }

    private static IEnumerable<object> SmallRows()
    {
        var order = Rows.Order();
        var item = Rows.Item(order);
        return [order, item, Rows.Part(item, "part"), Rows.Event(order), Rows.Event(order, item), Rows.Provenance(order), Rows.Decision(order)];
    }

    private static Task SaveAsync(ShopApp app, IEnumerable<object> rows) => Writing.InAsync(app, unit =>
    {
        rows.ToList().ForEach(unit.Insert);
        return unit.SaveAsync();
    });

    /// <summary>After rows were saved and something was done, the next save throws and nothing of the unit stays.</summary>
    private static async Task RefusesAsync<TException>(ShopApp app, string message, IEnumerable<object> saved, Action<UnitOfWork> act)
        where TException : Exception =>
        await FluentActions.Awaiting(() => Writing.InAsync(app, async unit =>
        {
            saved.ToList().ForEach(unit.Insert);
            await unit.SaveAsync();
            act(unit);
            await unit.SaveAsync();
        })).Should().ThrowAsync<TException>().WithMessage(message);

    private static Task<List<Dictionary<string, object?>>> StoredAsync(ShopApp app, Type table) => app.ReadAsync(db =>
        Task.FromResult(((IQueryable<object>)db.GetType().GetMethod(nameof(DbContext.Set), Type.EmptyTypes)!.MakeGenericMethod(table).Invoke(db, [])!)
            .AsNoTracking().AsEnumerable().Select(FilledRows.Values).ToList()));
}

public sealed class UnitOfWorkOnSqlite(SqliteFixture databases) : UnitOfWorkSpecification(databases), IOnSqlite;

public sealed class UnitOfWorkOnPostgreSql(PostgreSqlFixture databases) : UnitOfWorkSpecification(databases), IOnPostgreSql;
