using Microsoft.Extensions.Logging;

namespace WorkManager.Execution;

internal static partial class Log
{
    [LoggerMessage(
        5007, LogLevel.Error, "That somebody may not approve order {OrderId} could not be recorded in its audit trail.", EventName = "DenialNotRecorded")]
    public static partial void DenialNotRecorded(this ILogger logger, Exception failure, Guid orderId);
}
