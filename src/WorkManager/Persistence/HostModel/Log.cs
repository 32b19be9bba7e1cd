using Microsoft.Extensions.Logging;

namespace WorkManager.Persistence.HostModel;

internal static partial class Log
{
    [LoggerMessage(7001, LogLevel.Warning, "{Entity} was written outside an apply, which its model warns of.", EventName = "GovernedWrite")]
    public static partial void GovernedWrite(this ILogger logger, string entity);

    [LoggerMessage(7002, LogLevel.Warning, "{Entity} was written outside an apply, as the application allowed: {Reason}", EventName = "GovernanceBypassed")]
    public static partial void GovernanceBypassed(this ILogger logger, string entity, string reason);
}
