using Microsoft.Extensions.Logging;

namespace WorkManager.Leasing;

internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Information, "Took back {Count} leases that had run out.", EventName = "LeasesReclaimed")]
    public static partial void LeasesReclaimed(this ILogger logger, int count);
}
