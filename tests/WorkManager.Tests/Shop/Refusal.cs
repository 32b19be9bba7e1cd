using System.Globalization;
using AwesomeAssertions;

namespace WorkManager.Tests.Shop;

/// <summary>Holds a refused call to its word: every row of every table is as it was.</summary>
internal static class Refusal
{
    /// <summary>Where a refused result is recorded: the one thing that a refused call may change.</summary>
    public static readonly string[] ItemError = ["work_items.error", "work_items.updated_at", "work_items.revision"];

    /// <summary>Runs a call that must be refused with this exception and code, and must change nothing.</summary>
    public static async Task<TException> RefusesAsync<TException>(this ShopApp app, string? code, Func<Task> call, params string[] but)
        where TException : Exception
    {
        var before = await ReadAsync(app.Database, but);

        var refusal = (await call.Should().ThrowAsync<TException>()).Which;
        (refusal as WorkManagerException)?.Code.Should().Be(code);

        (await ReadAsync(app.Database, but)).Should().Equal(before, "a refused call changes nothing");
        return refusal;
    }

    /// <summary>Runs an approval that must be refused, and must leave one event that says so and nothing else.</summary>
    public static async Task<ApprovalDeniedException> RefusesApprovalAsync(this ShopApp app, Func<Task> call)
    {
        var before = await ReadAsync(app.Database);

        var refusal = (await call.Should().ThrowAsync<ApprovalDeniedException>()).Which;

        refusal.Code.Should().Be("approval_denied");
        var after = await ReadAsync(app.Database);
        after.Should().Contain(before);
        after.Except(before).Should().ContainSingle().Which.Should().Contain("work_events.event=approval_denied;");
        return refusal;
    }

    /// <summary>
    /// Every row of every table as text, without the columns named as <c>table.column</c>. Who does which duty, and when, is not among them: it is no work.
    /// </summary>
    public static async Task<List<string>> ReadAsync(TestDatabase database, params string[] but)
    {
        var rows = new List<string>();
        foreach (var table in (await TablesAsync(database)).Where(t => !t.Contains("work_duties", StringComparison.Ordinal)))
        {
            rows.AddRange(await RowsAsync(database, $"SELECT * FROM \"{table}\"", column => but.Contains($"{table}.{column}") ? null : $"{table}.{column}"));
        }

        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    private static Task<List<string>> TablesAsync(TestDatabase database) => RowsAsync(
        database,
        database.Provider == Provider.Sqlite
            ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            : "SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = 'public'",
        _ => "");

    private static async Task<List<string>> RowsAsync(TestDatabase database, string sql, Func<string, string?> label)
    {
        var rows = new List<string>();
        await using var connection = await database.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names come from the catalog of the test's own database.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join("; ", Enumerable.Range(0, reader.FieldCount)
                .Where(i => label(reader.GetName(i)) is not null)
                .Select(i => (label(reader.GetName(i)) is { Length: > 0 } name ? $"{name}=" : "") + Text(reader.GetValue(i)))));
        }

        return rows;
    }

    private static string? Text(object value) =>
        value is DateTime time ? time.ToString("O", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture);
}
