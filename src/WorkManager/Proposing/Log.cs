using Microsoft.Extensions.Logging;

namespace WorkManager.Proposing;

internal static partial class Log
{
    [LoggerMessage(
        1001, LogLevel.Warning, "The generator {Generator} failed. What it had found is proposed, and the other generators run.",
        EventName = "GeneratorFailed")]
    public static partial void GeneratorFailed(this ILogger logger, Exception failure, string generator);
}
