using Microsoft.Extensions.Logging;

namespace WorkManager.Leasing;

internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Information, "Took back {Count} leases that had run out.", EventName = "LeasesReclaimed")]
    public static partial void LeasesReclaimed(this ILogger logger, int count);

    [LoggerMessage(2002, LogLevel.Warning, "A checkout looked for more and failed. What it had leased before is handed out.", EventName = "CheckoutCutShort")]
    public static partial void CheckoutCutShort(this ILogger logger, Exception failure);
}
