namespace WorkManager.Providers.PostgreSql;

/// <summary>A statement on rows that come as one array per column, for one row and for many, and for a lock that waits and one that skips.</summary>
/// <remarks>
/// A single row has a text of its own. PostgreSQL estimates an array of unknown length at a hundred rows. So it considers a plan for any array more
/// expensive than one for the given array, and plans each call anew, which takes longer than running it.
/// </remarks>
internal sealed class ArrayStatements
{
    private const string Waits = "FOR NO KEY UPDATE OF i";
    private const string Skips = "FOR NO KEY UPDATE OF i SKIP LOCKED";

    private readonly Statement one;
    private readonly Statement oneSkipping;
    private readonly Statement many;
    private readonly Statement manySkipping;

    /// <param name="build">Makes the statement, given how it calls its rows and how it locks the items <c>i</c>.</param>
    public ArrayStatements(Func<Func<string, string>, string, Statement> build)
        : this(build, build)
    {
    }

    /// <inheritdoc cref="ArrayStatements(Func{Func{string, string}, string, Statement})"/>
    public ArrayStatements(Func<Func<string, string>, string, Statement> one, Func<Func<string, string>, string, Statement> many)
    {
        this.one = one(OneRow, Waits);
        oneSkipping = one(OneRow, Skips);
        this.many = many(ManyRows, Waits);
        manySkipping = many(ManyRows, Skips);
    }

    public Statement For(int rows, bool waits) => (rows, waits) switch
    {
        (1, true) => one,
        (1, false) => oneSkipping,
        (_, true) => many,
        _ => manySkipping,
    };

    private static string OneRow(string arrays) => $"(SELECT {string.Join(", ", arrays.Split(", ").Select(a => $"(@{a})[1]"))})";

    private static string ManyRows(string arrays) => $"unnest({string.Join(", ", arrays.Split(", ").Select(a => $"@{a}"))})";
}
