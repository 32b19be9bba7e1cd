using WorkManager.Leasing;

namespace WorkManager.Providers;

/// <summary>
/// The texts of a statement on items, one for each kind of filter: a text without conditions that do not apply can use the indexes that fit it.
/// </summary>
internal sealed class FilteredStatements
{
    private readonly Statement any;
    private readonly Statement ofType;
    private readonly Statement ofOrder;
    private readonly Statement ofOrderAndType;

    /// <param name="text">The text, given the condition on items <c>i</c>.</param>
    public FilteredStatements(Func<string, string> text)
    {
        const string Priority = "i.priority >= @min_priority";
        any = new(text(Priority));
        ofType = new(text($"{Priority} AND i.order_type = @type"));
        ofOrder = new(text($"{Priority} AND i.order_id = @order"));
        ofOrderAndType = new(text($"{Priority} AND i.order_id = @order AND i.order_type = @type"));
    }

    public Statement For(QueueFilter filter) => filter switch
    {
        { OrderId: null, OrderType: null } => any,
        { OrderId: null } => ofType,
        { OrderType: null } => ofOrder,
        _ => ofOrderAndType,
    };

    /// <summary>The values of the filter's conditions.</summary>
    public static IEnumerable<(string Name, object? Value)> Values(QueueFilter filter)
    {
        yield return ("min_priority", filter.MinPriority);
        if (filter.OrderId is { } order)
        {
            yield return ("order", order);
        }

        if (filter.OrderType is { } type)
        {
            yield return ("type", type);
        }
    }
}
