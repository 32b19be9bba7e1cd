namespace WorkManager;

/// <summary>
/// A limit in count, bytes or depth is exceeded (<c>plan_too_large</c>, <c>payload_too_large</c>, <c>max_parts_exceeded</c>, <c>parts_disabled</c>,
/// <c>rework_limit</c>).
/// </summary>
public sealed class WorkLimitException : WorkManagerException
{
    internal WorkLimitException(string code, string message, long limit)
        : base(code, message) => Limit = limit;

    /// <summary>The limit that was exceeded.</summary>
    public long Limit { get; }
}
