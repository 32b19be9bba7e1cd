using Microsoft.Extensions.Logging;

namespace WorkManager.Applying;

internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Error, "Applying order {OrderId} failed. Everything was rolled back; approve again to retry.", EventName = "ApplyFailed")]
    public static partial void ApplyFailed(this ILogger logger, Exception failure, Guid orderId);

    [LoggerMessage(5002, LogLevel.Error, "A step after the commit of order {OrderId} failed. The change stands.", EventName = "AfterCommitFailed")]
    public static partial void AfterCommitFailed(this ILogger logger, Exception failure, Guid orderId);

    [LoggerMessage(
        5003, LogLevel.Warning, "Approving or applying order {OrderId} without a person failed. It is tried again.", EventName = "AutoApprovalFailed")]
    public static partial void AutoApprovalFailed(this ILogger logger, Exception failure, Guid orderId);

    [LoggerMessage(5004, LogLevel.Information, "Order {OrderId} was not approved or applied without a person: {Reason}", EventName = "AutoApprovalWaits")]
    public static partial void AutoApprovalWaits(this ILogger logger, Guid orderId, string reason);

    [LoggerMessage(
        5005, LogLevel.Error, "That applying order {OrderId} failed could not be recorded in its audit trail.", EventName = "ApplyFailureNotRecorded")]
    public static partial void ApplyFailureNotRecorded(this ILogger logger, Exception failure, Guid orderId);

    [LoggerMessage(
        5006, LogLevel.Warning, "Nothing handles the message {Message} of order {OrderId}. Register an IAfterCommitHandler for it.",
        EventName = "MessageWithoutHandler")]
    public static partial void MessageWithoutHandler(this ILogger logger, string message, Guid orderId);
}
