using Countries.TimeZones;
using WorkManager;

namespace Countries.Requesting;

/// <summary>Finds work by itself: the countries with time zones in the file that nobody has asked for in this run.</summary>
internal sealed class UnaskedCountries(SampleRun run, TzData tz) : IWorkGenerator
{
    private const int Low = 10;

    public string Name => "unasked-countries";

    /// <summary>The files are in memory. A generator of yours returns what a query finds: <c>db.Products.Where(…).AsAsyncEnumerable()</c>.</summary>
    public IAsyncEnumerable<GeneratedOrder> FindWorkAsync(CancellationToken cancellationToken)
    {
        var asked = run.Orders.Where(o => !o.IsGenerated).SelectMany(o => o.Codes).ToHashSet();
        var unasked = tz.Countries.Keys.Where(code => !asked.Contains(code) && tz.ZonesOf(code).Count > 0).ToArray();

        // The key keeps the next run of the generator from proposing the same while the order is open.
        GeneratedOrder[] orders = unasked.Length == 0 ? []
            : [new GeneratedOrder(new CountryBatch(unasked), new() { Priority = Low, UniqueKey = $"{run.Id}/unasked" })];
        return orders.ToAsyncEnumerable();
    }
}
