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

    [LoggerMessage(
        4003, LogLevel.Warning, "What waits for other orders was not settled at order {OrderId}. The duty does it later.",
        EventName = "DependenciesNotSettled")]
    public static partial void DependenciesNotSettled(this ILogger logger, Exception failure, Guid orderId);
}
