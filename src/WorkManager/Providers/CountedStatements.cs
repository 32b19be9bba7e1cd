using System.Collections.Concurrent;

namespace WorkManager.Providers;

/// <summary>A statement that names each of some values in its text: a text for each number of them.</summary>
/// <param name="build">Makes the text for a number of values.</param>
internal sealed class CountedStatements(Func<int, Statement> build)
{
    private readonly Statement one = build(1);
    private readonly Statement two = build(2);
    private readonly ConcurrentDictionary<int, Statement> more = new();

    /// <param name="count">How many values, at least one.</param>
    public Statement For(int count) => count switch
    {
        1 => one,
        2 => two,
        _ => more.GetOrAdd(count, build),
    };
}
