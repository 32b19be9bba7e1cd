using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.Orders;
using WorkManager.Providers;
using WorkManager.Tests.Persistence;
using WorkManager.Tests.Shop;
using WorkManager.Tests.Support;

namespace WorkManager.Tests.Providers;

/// <summary>What a statement takes as parameters, and that its rows become whole entities.</summary>
public abstract class StatementSpecification(DatabaseFixture databases)
{
    // Twenty microseconds more than a second.
    private static readonly DateTime Time = new DateTime(2026, 3, 1, 12, 0, 1, DateTimeKind.Utc).AddTicks(200);

    public static TheoryData<string> Plain => [.. Values.Keys];

    private static Dictionary<string, (object Value, string Cast)> Values { get; } = new()
    {
        ["text"] = ("ü€😀 '\"\\ \t", "text"), ["empty"] = ("", "text"), ["bool"] = (true, "boolean"),
        ["short"] = (short.MinValue, "smallint"), ["int"] = (int.MaxValue, "integer"), ["long"] = (long.MaxValue, "bigint"),
        ["id"] = (new Guid("0a1b2c3d-4e5f-6789-abcd-ef0123456789"), "uuid"), ["time"] = (Time, "timestamptz"),
    };

    [Theory, MemberData(nameof(Plain))]
    public async Task A_value_comes_back_as_it_went(string which)
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var db = Open(database);
        var (value, cast) = Values[which];
        var statement = new Statement(database.Provider == Provider.PostgreSql ? $"SELECT @value::{cast}" : "SELECT @value");

        var read = typeof(Statement).GetMethods().Single(m => m.Name == nameof(Statement.ValuesAsync) && m.GetParameters()[0].ParameterType == typeof(WorkManagerDbContext))
            .MakeGenericMethod(value.GetType());
        var returned = (Task)read.Invoke(statement, [db, new (string, object?)[] { ("value", value) }])!;
        await returned;

        ((System.Collections.IEnumerable)((dynamic)returned).Result).Cast<object>().Should().Equal(value);
    }

    [Fact]
    public async Task A_statement_has_its_parameters_always_of_the_same_types()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var db = Open(database);
        var statement = new Statement("SELECT id FROM [work_orders] WHERE id = @id AND type = @type");
        Task RunAsync(params (string, object?)[] values) => statement.ValuesAsync<Guid>(db, values);

        await RunAsync(("id", Guid.NewGuid()), ("type", null));
        await RunAsync(("id", Guid.NewGuid()), ("type", "text"));

        const string built = "*@id: Guid, @type: String*";
        (string, object?)[][] others =
            [[("id", null), ("type", "text")], [("id", "text"), ("type", "text")], [("type", "text"), ("id", Guid.NewGuid())], [("id", Guid.NewGuid())]];
        foreach (var values in others)
        {
            await FluentActions.Awaiting(() => RunAsync(values)).Should().ThrowAsync<InvalidOperationException>().WithMessage(built);
        }
    }

    [Fact]
    public async Task A_value_that_may_arrive_as_something_else_is_refused_by_the_name_of_its_parameter()
    {
        await using var database = await databases.CreateAsync(ShopApp.Migrated);
        await using var db = Open(database);
        object[] refused =
        [
            1.5, 1.5m, 1.5f, (byte)1, 1u, 'c', new byte[] { 1 }, DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), OrderState.Queued, Time.ToLocalTime(),
            DateTime.SpecifyKind(Time, DateTimeKind.Unspecified), "nul\0", new[] { 1.5 }, new[] { "half \ud83d" },
        ];

        foreach (var value in refused)
        {
            await FluentActions.Awaiting(() => new Statement("SELECT @odd").ValuesAsync<string>(db, ("odd", value)))
                .Should().ThrowAsync<NotSupportedException>($"a {value.GetType()} does not travel").WithMessage("*odd*");
        }
    }

    [Fact]
    public async Task Entities_are_read_as_EF_Core_reads_them()
    {
        await using var app = await ShopApp.StartAsync(databases);
        var small = Rows.Order();
        object[] rows = [.. FilledRows.OfAllTables(1), small, Rows.Item(small), Rows.Event(small)];
        await Writing.InAsync(app, unit =>
        {
            rows.ToList().ForEach(unit.Insert);
            return unit.SaveAsync();
        });
        await using var db = Open(app.Database);

        await ReadsAsync<WorkOrder>(db, "work_orders");
        await ReadsAsync<WorkItem>(db, "work_items");
        await ReadsAsync<WorkEvent>(db, "work_events");
    }

    private static async Task ReadsAsync<T>(WorkManagerDbContext db, string table)
        where T : class
    {
        var expected = await db.Set<T>().AsNoTracking().ToListAsync();
        expected.Should().HaveCountGreaterThan(1);

        var read = await new Statement($"SELECT [{table}.*] FROM [{table}]").QueryAsync<T>(new WorkRows(db, TenantScope.All), databaseClock: false);

        read.Should().BeEquivalentTo(expected);
    }

    private static WorkManagerDbContext Open(TestDatabase database) => new(database.Options<WorkManagerDbContext>());
}

public sealed class StatementOnSqlite(SqliteFixture databases) : StatementSpecification(databases), IOnSqlite;

public sealed class StatementOnPostgreSql(PostgreSqlFixture databases) : StatementSpecification(databases), IOnPostgreSql;
