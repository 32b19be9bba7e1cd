using Microsoft.Extensions.Logging;

namespace WorkManager.Hosting.Workers;

internal static partial class Log
{
    [LoggerMessage(7001, LogLevel.Information, "{Count} workers have begun, as agent '{AgentId}': {Names}.", EventName = "WorkersStarted")]
    public static partial void WorkersStarted(this ILogger logger, int count, string agentId, string names);

    [LoggerMessage(7002, LogLevel.Information, "The workers claim no more; {Count} items are in work.", EventName = "WorkersDrain")]
    public static partial void WorkersDrain(this ILogger logger, int count);

    [LoggerMessage(7003, LogLevel.Information, "The workers have ended; {Count} items went back to the queue.", EventName = "WorkersEnded")]
    public static partial void WorkersEnded(this ILogger logger, int count);

    [LoggerMessage(7004, LogLevel.Error, "{Count} items could not be given back; others get them when their leases run out.", EventName = "NotGivenBack")]
    public static partial void NotGivenBack(this ILogger logger, int count, Exception failure);

    [LoggerMessage(7005, LogLevel.Warning, "Worker '{Worker}' cannot ask for work; it tries again.", EventName = "WorkerCannotClaim")]
    public static partial void WorkerCannotClaim(this ILogger logger, string worker, Exception failure);

    [LoggerMessage(7006, LogLevel.Information, "Worker '{Worker}' can ask for work again, after {Failures} tries.", EventName = "WorkerIsBack")]
    public static partial void WorkerIsBack(this ILogger logger, string worker, int failures);

    [LoggerMessage(
        7007, LogLevel.Warning, "The database could not be asked for its schema; the workers begin, and try again.", EventName = "SchemaNotChecked")]
    public static partial void SchemaNotChecked(this ILogger logger, Exception failure);

    [LoggerMessage(
        7008, LogLevel.Debug, "The handler of worker '{Worker}' threw at item {ItemId}; the failure is stored with it.", EventName = "HandlerFailed")]
    public static partial void HandlerFailed(this ILogger logger, string worker, Guid itemId, Exception failure);

    [LoggerMessage(7009, LogLevel.Warning, "The handler of worker '{Worker}' that did not stop at item {ItemId} has ended.", EventName = "HandlerEndedLate")]
    public static partial void HandlerEndedLate(this ILogger logger, string worker, Guid itemId);

    [LoggerMessage(7010, LogLevel.Error, "Worker '{Worker}' could not end its work on item {ItemId} as it should.", EventName = "WorkFaulted")]
    public static partial void WorkFaulted(this ILogger logger, string worker, Guid itemId, Exception failure);
}
