using Microsoft.Extensions.Logging;

namespace WorkManager.Hosting.Maintenance;

internal static partial class Log
{
    [LoggerMessage(7201, LogLevel.Error, "The duty '{Duty}' failed; it is tried again.", EventName = "DutyFailed")]
    public static partial void DutyFailed(this ILogger logger, string duty, Exception failure);

    [LoggerMessage(7202, LogLevel.Information, "The duty '{Duty}' works again, after {Failures} tries.", EventName = "DutyIsBack")]
    public static partial void DutyIsBack(this ILogger logger, string duty, int failures);
}
