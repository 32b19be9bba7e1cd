using Microsoft.Extensions.Logging;

namespace WorkManager.Hosting.Leases;

internal static partial class Log
{
    [LoggerMessage(
        7101, LogLevel.Warning, "The lease on item {ItemId} is lost ({Reason}): its handler is stopped, and nothing more is written for it.",
        EventName = "LeaseLost")]
    public static partial void LeaseLost(this ILogger logger, Guid itemId, LeaseLostReason reason);

    [LoggerMessage(
        7102, LogLevel.Warning, "The lease on item {ItemId} could not be renewed before its end: its handler is stopped, and nothing more is written for it.",
        EventName = "LeaseNotRenewed")]
    public static partial void LeaseNotRenewed(this ILogger logger, Guid itemId);

    [LoggerMessage(
        7103, LogLevel.Warning, "A heartbeat for {Count} leases failed; it is sent again until it comes through.", EventName = "HeartbeatFailed")]
    public static partial void HeartbeatFailed(this ILogger logger, int count, Exception failure);

    [LoggerMessage(
        7104, LogLevel.Error, "The handler of '{OrderType}' does not stop: item {ItemId}, asked to because of {Reason}. It takes one of the worker's places.",
        EventName = "HandlerStuck")]
    public static partial void HandlerStuck(this ILogger logger, string orderType, Guid itemId, WorkStopReason reason);

    [LoggerMessage(7105, LogLevel.Information, "Heartbeats come through again, after {Failures} that did not.", EventName = "HeartbeatsAreBack")]
    public static partial void HeartbeatsAreBack(this ILogger logger, int failures);
}
