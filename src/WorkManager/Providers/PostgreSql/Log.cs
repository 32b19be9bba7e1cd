using Microsoft.Extensions.Logging;

namespace WorkManager.Providers.PostgreSql;

internal static partial class Log
{
    [LoggerMessage(6001, LogLevel.Warning, "PostgreSQL may lose committed work in a crash: {Settings}.", EventName = "CommitsNotDurable")]
    public static partial void CommitsNotDurable(this ILogger logger, string settings);
}
