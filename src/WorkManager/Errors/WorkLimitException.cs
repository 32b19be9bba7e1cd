namespace WorkManager;

/// <summary>
/// A limit in count, bytes, depth or time is exceeded (<c>plan_too_large</c>, <c>payload_too_large</c>, <c>max_parts_exceeded</c>, <c>parts_disabled</c>,
/// <c>rework_limit</c>, <c>preview_too_slow</c>).
/// </summary>
public sealed class WorkLimitException : WorkManagerException
{
    internal WorkLimitException(string code, string message, long limit)
        : base(code, message) => Limit = limit;

    /// <summary>The limit that was exceeded; a time in milliseconds.</summary>
    public long Limit { get; }

    internal static WorkLimitException PreviewTime(Guid orderId, TimeSpan limit) => new(
        WorkErrorCodes.PreviewTooSlow,
        $"The preview of order {orderId} took longer than {limit}, and was rolled back. Review.TimeLimit allows more; but meanwhile it holds locks.",
        (long)limit.TotalMilliseconds);
}
