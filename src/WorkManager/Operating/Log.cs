using Microsoft.Extensions.Logging;

namespace WorkManager.Operating;

internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Warning, "{Count} orders have been open for too long: {OrderIds}", EventName = "StaleOrdersFound")]
    public static partial void StaleOrdersFound(this ILogger logger, int count, string orderIds);

    [LoggerMessage(
        4002, LogLevel.Warning, "{Count} orders did not count their items as they are, and were mended. Something writes to the tables: {OrderIds}",
        EventName = "OrdersRecounted")]
    public static partial void OrdersRecounted(this ILogger logger, int count, string orderIds);
}
