using Microsoft.Extensions.Logging;

namespace WorkManager.Hosting.Diagnostics;

internal static partial class Log
{
    [LoggerMessage(7301, LogLevel.Warning, "The queue could not be read for its metrics; they are left out until it can.", EventName = "QueueNotRead")]
    public static partial void QueueNotRead(this ILogger logger, Exception failure);
}
