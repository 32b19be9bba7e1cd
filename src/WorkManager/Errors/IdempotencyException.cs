namespace WorkManager;

/// <summary>
/// The idempotency key is missing, malformed, used for another request, or its first request is still running
/// (<c>idempotency_key_required</c>, <c>idempotency_key_invalid</c>, <c>idempotency_mismatch</c>, <c>idempotency_in_flight</c>).
/// </summary>
public sealed class IdempotencyException : WorkManagerException
{
    internal IdempotencyException(string code, string message)
        : base(code, message)
    {
    }
}
