namespace WorkManager;

/// <summary>The approval names no content hash (<c>content_hash_required</c>), or an outdated one (<c>stale_review</c>).</summary>
public sealed class StaleReviewException : WorkManagerException
{
    internal StaleReviewException(string code, string message)
        : base(code, message)
    {
    }
}
