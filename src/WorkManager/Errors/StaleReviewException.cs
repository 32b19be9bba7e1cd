namespace WorkManager;

/// <summary>An approval without, or with an outdated, content hash (<c>content_hash_required</c>, <c>stale_review</c>).</summary>
public sealed class StaleReviewException : WorkManagerException
{
    internal StaleReviewException(string code, string message)
        : base(code, message)
    {
    }
}
