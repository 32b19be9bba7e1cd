using WorkManager.Leasing;

namespace WorkManager.Providers;

/// <summary>
/// The texts of a statement on items, one for each kind of filter: a text without conditions that do not apply can use the indexes that fit it.
/// </summary>
internal sealed class FilteredStatements
{
    private readonly Statement any;
    private readonly Statement ofTypes;
    private readonly Statement ofOrderAndTypes;

    /// <param name="types">The list <c>@types</c>, as what <c>IN</c> compares with.</param>
    /// <param name="text">The text, given the condition on items <c>i</c>.</param>
    public FilteredStatements(string types, Func<string, string> text)
    {
        const string Priority = "i.priority >= @min_priority";
        // What is due or has run out is found by its time. No index on order types fits this condition.
        var type = $"i.order_type || '' IN ({types})";
        any = new(text(Priority));
        ofTypes = new(text($"{Priority} AND {type}"));
        ofOrderAndTypes = new(text($"{Priority} AND i.order_id = @order AND {type}"));
    }

    public Statement For(QueueFilter filter) => filter switch
    {
        { OrderId: null, Types: null } => any,
        { OrderId: null } => ofTypes,
        { Types: not null } => ofOrderAndTypes,
        _ => throw new ArgumentException("A claim from an order names types, too: those that its process knows.", nameof(filter)),
    };

    /// <summary>The values of the filter's conditions.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="types">Makes the value of <c>@types</c>.</param>
    public static IEnumerable<(string Name, object? Value)> Values(QueueFilter filter, Func<IReadOnlyList<string>, object> types)
    {
        yield return ("min_priority", filter.MinPriority);
        if (filter.OrderId is { } order)
        {
            yield return ("order", order);
        }

        if (filter.Types is { } names)
        {
            yield return ("types", types(names));
        }
    }
}
