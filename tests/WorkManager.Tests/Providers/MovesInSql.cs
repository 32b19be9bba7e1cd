using AwesomeAssertions;
using WorkManager.Orders;

namespace WorkManager.Tests.Providers;

/// <summary>The transition tables hold for moves that an SQL statement makes, too.</summary>
/// <remarks>
/// Each statement that assigns a state is listed here with the moves that it makes. That the lists are complete, and what the statements say beside
/// them, is checked in the texts; that every step has left its event on a real database, in the model's random sequences.
/// </remarks>
public sealed class MovesInSql
{
    private static readonly Moves[] Listed =
    [
        new("PostgreSqlLeasingSql.Claims", "work_items", "queued → leased"),
        new("PostgreSqlLeasingSql.Claims", "work_orders", "queued → checked_out"),
        new("PostgreSqlLeasingSql.ClaimsOfOne", "work_items", "queued → leased"),
        new("PostgreSqlLeasingSql.ClaimsOfOne", "work_orders", "queued → checked_out"),
        new("PostgreSqlLeasingSql.Beats", "work_items", "leased → in_progress", "in_progress"),
        new("PostgreSqlLeasingSql.Beats", "work_orders", "queued → checked_out → in_progress", "checked_out → in_progress"),
        new("PostgreSqlLeaseEndsSql.Failures", "work_items", "leased → queued", "in_progress → queued") { Event = "attempt_failed" },
        new("PostgreSqlLeaseEndsSql.Failures", "work_orders", "queued", "checked_out → queued", "in_progress → queued") { Event = "requeued" },
        new("PostgreSqlLeaseEndsSql.Releases", "work_items", "leased → queued", "in_progress → queued") { Event = "released" },
        new("PostgreSqlLeaseEndsSql.Releases", "work_orders", "queued", "checked_out → queued", "in_progress → queued") { Event = "requeued" },
        new("PostgreSqlSubmittingSql.Store", "work_items", "leased → in_progress → submitted", "in_progress → submitted"),
        new(
            "PostgreSqlSubmittingSql.Store",
            "work_orders",
            "queued → checked_out → in_progress",
            "queued → checked_out → in_progress → submitted",
            "queued → checked_out → in_progress → failed",
            "checked_out → in_progress",
            "checked_out → in_progress → submitted",
            "checked_out → in_progress → failed",
            "in_progress",
            "in_progress → submitted",
            "in_progress → failed"),
        // Of the items that Next found in the same transaction, which has the only writer's lock. A check constraint promises that what is ready is queued.
        new("SqliteLeasingSql.Lease", "work_items", "queued → leased") { Guard = "ready_at IS NOT NULL", GuardedBy = "SqliteLeasingSql.Next" },
        new("SqliteLeasingSql.Open", "work_orders", "queued → checked_out"),
        // Of what Held found in the same transaction.
        new("SqliteLeaseEndsSql.StoreFailed", "work_items", "leased → queued", "in_progress → queued") { GuardedBy = "SqliteLeaseEndsSql.Held" },
        new("SqliteLeaseEndsSql.StoreReleased", "work_items", "leased → queued", "in_progress → queued") { GuardedBy = "SqliteLeaseEndsSql.Held" },
        // The lifecycle has made the move on the row that Held read, in the same transaction, and the statement writes it.
        new("SqliteSubmittingSql.StoreItems", "work_items", "leased → in_progress → submitted", "in_progress → submitted")
        {
            GuardedBy = "SqliteSubmittingSql.Held",
        },
        new("SqliteSubmittingSql.StoreOrders", "work_orders") { IsOfTheLifecycle = true },
        new("SqliteLeaseEndsSql.StoreOrders", "work_orders") { IsOfTheLifecycle = true },
    ];

    public static TheoryData<string> Names => [.. Listed.Select(m => m.ToString())];

    [Fact]
    public void Every_statement_that_assigns_a_state_is_listed() =>
        (from statement in SqlTexts.All
         from assigned in statement.SelectMany(SqlTexts.AssignedStates)
         select $"{statement.Key} on {assigned.Table}").Distinct().Order(StringComparer.Ordinal)
            .Should().Equal(Listed.Select(m => m.ToString()).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_step_is_in_the_tables(string name)
    {
        foreach (var (from, to) in Find(name).Paths.SelectMany(path => path.Zip(path.Skip(1))))
        {
            Find(name).Allows(from, to).Should().BeTrue("{0} → {1}", from, to);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_statement_asks_for_the_states_that_it_moves_from(string name)
    {
        var moves = Find(name);
        var from = moves.Paths.Select(p => p[0]).Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var text in moves.IsOfTheLifecycle ? [] : SqlTexts.All[moves.GuardedBy ?? moves.Statement])
        {
            if (moves.Guard is { } guard)
            {
                text.Should().Contain(guard);
                from.Should().Equal("queued");
            }
            else
            {
                SqlTexts.RequiredStates(text, moves.Table).Should().ContainEquivalentOf(from, "of {0}", text);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_statement_assigns_the_states_that_it_moves_to(string name)
    {
        var moves = Find(name);
        var to = moves.Paths.Select(p => p[^1]).Distinct().Order(StringComparer.Ordinal);
        foreach (var text in SqlTexts.All[moves.Statement])
        {
            var assigned = SqlTexts.AssignedStates(text).Where(a => a.Table == moves.Table).SelectMany(a => SqlTexts.StatesIn(a.Value));
            assigned.Distinct().Order(StringComparer.Ordinal).Should().Equal(to, "of {0}", text);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_statement_that_writes_events_writes_one_for_each_step(string name)
    {
        var moves = Find(name);
        var steps = moves.Event is { } told ? [told] : moves.Paths.SelectMany(p => p.Skip(1)).Distinct();
        foreach (var events in SqlTexts.All[moves.Statement].Select(t => t.Split("INSERT INTO [work_events]")).Where(t => t.Length > 1).Select(t => t[1]))
        {
            SqlTexts.StatesIn(events).Should().Contain(steps);
        }
    }

    /// <summary>What stands in a statement is found however it is laid out, and nothing else is.</summary>
    [Theory]
    [InlineData("UPDATE [work_items] SET state = 'failed' WHERE id = @id", "work_items failed")]
    [InlineData("WITH a AS (UPDATE [work_orders] SET revision = f(1, 2), state = CASE WHEN a = 'b' THEN 'queued' END FROM x) SELECT 1", "work_orders queued")]
    [InlineData("UPDATE [work_items] AS i SET (revision, state) = (1, 'leased') RETURNING id", "work_items leased")]
    [InlineData("UPDATE [work_orders] SET revision = 1; UPDATE [work_items] SET message = 'a, state = b', state = 'leased'", "work_items leased")]
    [InlineData("INSERT INTO [work_items] (id) VALUES (@id)", "work_items ")]
    [InlineData("UPDATE [work_items] SET revision = 1 WHERE state = 'queued'", "")]
    [InlineData("UPDATE [work_items] SET revision = 1, parts_state = 'x'", "")]
    [InlineData("INSERT INTO [work_events] (id) VALUES (@id)", "")]
    public void Assignments_are_found_in_any_layout(string text, string found) => string.Join(
        ", ", SqlTexts.AssignedStates(text).Select(a => $"{a.Table} {string.Join(' ', SqlTexts.StatesIn(a.Value))}")).Should().Be(found);

    [Theory]
    [InlineData("SELECT 1 FROM [work_items] AS i WHERE i.state IN ('leased', 'in_progress')", "in_progress leased")]
    [InlineData("SELECT 1 FROM [work_items] WHERE id = 1 AND state = 'queued'", "queued")]
    [InlineData("SELECT 1 FROM [work_items] AS i WHERE id = 1 AND i.state || '' = 'queued'", "queued")]
    [InlineData("SELECT 1 FROM [work_orders] AS o, [work_items] AS i WHERE o.state = 'queued'", "")]
    [InlineData("UPDATE [work_items] AS i SET state = 'queued', revision = (h.state = 'leased')::int FROM held AS h", "")]
    public void Guards_are_told_from_assignments(string text, string found) =>
        string.Join(", ", SqlTexts.RequiredStates(text, "work_items").Select(s => string.Join(' ', s))).Should().Be(found);

    private static Moves Find(string name) => Listed.Single(m => m.ToString() == name);

    /// <summary>What a statement does to the states of a table: paths of one or more steps, or of none where a state stays.</summary>
    private sealed record Moves(string Statement, string Table, params string[] Written)
    {
        /// <summary>What the statement asks for in place of the states it moves from.</summary>
        public string? Guard { get; init; }

        /// <summary>The statement that asks for the states, if it is another one.</summary>
        public string? GuardedBy { get; init; }

        /// <summary>The event of the move, if its name is not that of the state.</summary>
        public string? Event { get; init; }

        /// <summary>Whether the state is a value that the lifecycle has decided on.</summary>
        public bool IsOfTheLifecycle { get; init; }

        public IEnumerable<string[]> Paths => Written.Select(w => w.Split(" → "));

        public bool Allows(string from, string to) => Table == "work_orders"
            ? Transitions.OfOrders[StateNames.Parse<OrderState>(from)].Contains(StateNames.Parse<OrderState>(to))
            : Transitions.OfItems[StateNames.Parse<ItemState>(from)].Contains(StateNames.Parse<ItemState>(to));

        public override string ToString() => $"{Statement} on {Table}";
    }
}
