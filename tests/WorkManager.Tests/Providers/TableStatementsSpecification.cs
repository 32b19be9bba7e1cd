using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;
using WorkManager.Tests.Plans;

namespace WorkManager.Tests.Providers;

/// <summary>That rows arrive in the database as they were given, whichever way they travel.</summary>
public abstract class TableStatementsSpecification(DatabaseFixture databases)
{
    private static readonly Guid[] Ids = [new("0a1b2c3d-4e5f-6789-abcd-ef0123456789"), Guid.Empty, new("ffffffff-ffff-ffff-ffff-ffffffffffff")];

    [Fact]
    public async Task One_row_and_many_are_stored_as_EF_Core_itself_stores_them_and_read_back_whole()
    {
        await using var database = await databases.CreateAsync();
        await using var library = await Library.OpenAsync(database);
        var books = Books().ToList();
        library.Books.AddRange(books);
        await library.SaveChangesAsync();
        library.ChangeTracker.Clear();
        var expected = await library.DumpAsync();

        await library.Books.ExecuteDeleteAsync();
        await InsertAsync(library, database, books);
        (await library.DumpAsync()).Should().Be(expected, "many rows are as EF Core's");
        (await library.Books.AsNoTracking().OrderBy(b => b.Place).ToListAsync()).Should().BeEquivalentTo(books, options => options.WithStrictOrdering());

        await library.Books.ExecuteDeleteAsync();
        foreach (var book in books)
        {
            await InsertAsync(library, database, [book]);
        }

        (await library.DumpAsync()).Should().Be(expected, "rows by themselves are as EF Core's");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public async Task Changed_rows_are_stored_as_EF_Core_itself_stores_them(int atOnce)
    {
        await using var database = await databases.CreateAsync();
        await using var library = await Library.OpenAsync(database);
        var books = Books().ToList();
        library.Books.AddRange(books);
        await library.SaveChangesAsync();
        var expected = await library.DumpAsync();
        library.ChangeTracker.Clear();
        await library.Books.ExecuteDeleteAsync();
        await InsertAsync(library, database, [.. books.Select(b => new Book { Shelf = b.Shelf, Place = b.Place })]);

        foreach (var changed in books.Chunk(atOnce))
        {
            library.Books.UpdateRange(changed);
            await Library.Statements(database).WriteAsync(library, [.. TableChange.Updates(library.ChangeTracker)]);
            library.ChangeTracker.Clear();
        }

        (await library.DumpAsync()).Should().Be(expected);
    }

    [Fact]
    public async Task A_row_is_found_by_all_columns_of_its_key()
    {
        await using var database = await databases.CreateAsync();
        await using var library = await Library.OpenAsync(database);
        (string Shelf, int Place)[] keys = [("a", 1), ("a", 2), ("b", 1), ("b", 2)];
        await InsertAsync(library, database, [.. keys.Select(k => new Book { Shelf = k.Shelf, Place = k.Place, Title = $"{k.Shelf}{k.Place}", Pages = 1 })]);

        var books = await library.Books.ToDictionaryAsync(b => (b.Shelf, b.Place));
        books[("a", 2)].Title = "alone";
        await SaveAsync(library, database);
        (books[("a", 1)].Title, books[("b", 1)].Title, books[("b", 1)].Pages) = ("x", "y", 7);
        await SaveAsync(library, database);
        (books[("b", 1)].Lent, books[("b", 2)].Lent) = (true, true);
        await SaveAsync(library, database);

        (await library.Books.AsNoTracking().OrderBy(b => b.Shelf).ThenBy(b => b.Place).ToListAsync()).Select(b => (b.Title, b.Pages, b.Lent))
            .Should().Equal(("x", 1, false), ("alone", 1, false), ("y", 7, true), ("b2", 1, true));
    }

    [Theory]
    [InlineData(1, 9)]
    [InlineData(100, 6)]
    [InlineData(200, 3)]
    [InlineData(1000, 1)]
    public async Task Documents_that_are_too_long_together_travel_in_more_commands_and_none_is_lost(int mostCharacters, int commands)
    {
        await using var database = await databases.CreateAsync();
        await using var library = await Library.OpenAsync(database);
        var lengths = new[] { 50, 50, 1, 99, 100, 100, 0, 100, 30 };
        var books = lengths.Select((length, i) => new Book { Place = i, Text = new string((char)('a' + i), length) }).ToList();
        var statements = Library.Statements(database, mostCharacters);

        using (var sent = new SentCommands(database))
        {
            // A context that has found nobody listening does not look again for a second.
            await using var heard = new Library(database);
            await using var transaction = await heard.Database.BeginTransactionAsync();
            await statements.WriteAsync(heard, [.. TableChange.Inserts(heard.Model, books)]);
            await transaction.CommitAsync();
            sent.Statements.Should().Be(commands);
        }

        (await library.Books.AsNoTracking().OrderBy(b => b.Place).Select(b => b.Text).ToListAsync()).Should().Equal(books.Select(b => b.Text));

        await using var others = await library.Database.BeginTransactionAsync();
        library.Books.AttachRange(books);
        books.ForEach(b => b.Text += b.Text);
        await statements.WriteAsync(library, [.. TableChange.Updates(library.ChangeTracker)]);
        (await library.Books.AsNoTracking().OrderBy(b => b.Place).Select(b => b.Text).ToListAsync()).Should().Equal(books.Select(b => b.Text));

        var more = books.ConvertAll(b => new Book { Place = b.Place + 5, Text = b.Text });
        (await statements.InsertIfAbsentAsync(library, TableChange.InsertsIfAbsent(library.Model, more))).Should().BeEquivalentTo(more[4..]);
        (await library.Books.CountAsync()).Should().Be(14);
    }

    [Theory]
    [InlineData(nameof(Oddity.Fraction), "Double*Oddity.Fraction")]
    [InlineData(nameof(Oddity.Price), "Decimal*Oddity.Price")]
    [InlineData(nameof(Oddity.Small), "Byte*Oddity.Small")]
    [InlineData(nameof(Oddity.Bytes), "Byte*Oddity.Bytes")]
    [InlineData(nameof(Oddity.Time), "DateTimeOffset*Oddity.Time")]
    [InlineData(nameof(Oddity.Span), "TimeSpan*Oddity.Span")]
    [InlineData(nameof(Oddity.Moment), "time for Moment*UTC")]
    public async Task A_type_that_may_arrive_as_another_is_refused_by_the_name_of_its_column(string column, string message)
    {
        await using var database = await databases.CreateAsync();
        await using var library = await Library.OpenAsync(database);
        var given = new Dictionary<string, object>
        {
            [nameof(Oddity.Fraction)] = 1.5, [nameof(Oddity.Price)] = 1.5m, [nameof(Oddity.Small)] = (byte)1, [nameof(Oddity.Bytes)] = new byte[] { 1 },
            [nameof(Oddity.Time)] = DateTimeOffset.UnixEpoch, [nameof(Oddity.Span)] = TimeSpan.FromHours(1),
            [nameof(Oddity.Moment)] = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Local),
        };
        Oddity[] oddities = [new() { Id = 1 }, new() { Id = 2 }];
        typeof(Oddity).GetProperty(column)!.SetValue(oddities[0], given[column]);

        foreach (var rows in new[] { oddities[..1], oddities })
        {
            await FluentActions.Awaiting(() => InsertAsync(library, database, rows)).Should().ThrowAsync<NotSupportedException>().WithMessage($"*{message}*");
        }

        (await library.Oddities.CountAsync()).Should().Be(0);
    }

    [Theory]
    [InlineData("nul\0")]
    [InlineData("half <d83d> of a pair")]
    [InlineData("other half <de00>")]
    [InlineData("at the end <d83d>")]
    public async Task Text_that_one_of_the_databases_cannot_keep_is_refused(string text)
    {
        await using var database = await databases.CreateAsync();
        await using var library = await Library.OpenAsync(database);
        // What runs the tests cannot keep it either.
        text = text.Replace("<d83d>", "\ud83d", StringComparison.Ordinal).Replace("<de00>", "\ude00", StringComparison.Ordinal);
        Book[] books = [new() { Place = 1, Text = text }, new() { Place = 2, Text = "good" }];

        foreach (var rows in new[] { books[..1], books })
        {
            await FluentActions.Awaiting(() => InsertAsync(library, database, rows)).Should().ThrowAsync<NotSupportedException>().WithMessage("*for Text*");
        }
    }

    private static IEnumerable<Book> Books()
    {
        string?[] texts =
        [
            null, "", "plain", " spaces around ", "quotes ' \" \\ \\u0041 / <&>", "controls \t\r\n\u0001\u001f\u007f\u0085\u2028",
            "ü€ e\u0301 \u00e9", "😀𝒳\U0010FFFF", new string('x', 100_000), string.Concat(Enumerable.Repeat("😀ü", 30_000)),
        ];
        string?[] json = [null, "{}", """{ "b" : 1.50, "a":[ ], "b":2 }""", "\"\\u00e9 \\ud83d\\ude00 😀\"", "1e400", "\n[1,\t2]\n"];
        DateTimeOffset[] times =
        [
            new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), new(2026, 3, 1, 12, 0, 0, 1, TimeSpan.Zero), new(2026, 3, 29, 2, 30, 0, 0, 1, TimeSpan.Zero),
            new(1999, 12, 31, 23, 59, 59, 999, 999, TimeSpan.Zero), new(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(-5)), DateTimeOffset.UnixEpoch,
        ];
        return Enumerable.Range(0, 40).Select(i => new Book
        {
            Place = i,
            Title = texts[i % 8] ?? "",
            Text = texts[i % texts.Length],
            Index = json[i % json.Length],
            Lent = i % 2 == 0,
            Signed = i % 3 == 0 ? null : i % 3 == 1,
            Year = i % 2 == 0 ? short.MinValue : short.MaxValue,
            Edition = i % 3 == 0 ? null : (short)-i,
            Pages = i % 2 == 0 ? int.MinValue : int.MaxValue,
            Chapters = i % 3 == 0 ? null : i,
            Words = i % 2 == 0 ? long.MinValue : long.MaxValue - i,
            Sold = i % 3 == 0 ? null : 9_007_199_254_740_993 + i,
            Isbn = Ids[i % 3],
            Owner = i % 4 == 3 ? null : Ids[i % 4],
            Bought = times[i % times.Length],
            Lost = i % 3 == 0 ? null : times[(i + 3) % times.Length],
            State = i % 2 == 0 ? OrderState.DeadLettered : OrderState.Queued,
            Former = i % 3 == 0 ? null : OrderState.InProgress,
        });
    }

    private static Task InsertAsync(Library library, TestDatabase database, IReadOnlyList<object> rows) =>
        Library.Statements(database).WriteAsync(library, [.. TableChange.Inserts(library.Model, rows)]);

    private static async Task SaveAsync(Library library, TestDatabase database)
    {
        await Library.Statements(database).WriteAsync(library, [.. TableChange.Updates(library.ChangeTracker)]);
        library.ChangeTracker.AcceptAllChanges();
    }
}

public sealed class TableStatementsOnSqlite(SqliteFixture databases) : TableStatementsSpecification(databases), IOnSqlite;

public sealed class TableStatementsOnPostgreSql(PostgreSqlFixture databases) : TableStatementsSpecification(databases), IOnPostgreSql;
