namespace WorkManager;

/// <summary>The approval names no content hash (<c>content_hash_required</c>), or an outdated one (<c>stale_review</c>).</summary>
public sealed class StaleReviewException : WorkManagerException
{
    internal StaleReviewException(string code, string message, IReadOnlyList<ReviewDifference>? differences = null)
        : base(code, message) => Differences = differences ?? [];

    /// <summary>What is not as it was when it was reviewed; none if no preview with the hash is known.</summary>
    public IReadOnlyList<ReviewDifference> Differences { get; }

    internal static StaleReviewException Unknown() =>
        new(WorkErrorCodes.StaleReview, "No preview of this order has this content hash. Make a preview, and name the hash that it gives.");

    internal static StaleReviewException Changed(IReadOnlyList<ReviewDifference> differences)
    {
        var names = ReviewDifference.NamesOf(differences);
        return new(
            WorkErrorCodes.StaleReview,
            $"What would be applied now is not what was reviewed: {names}{(differences.Count > 3 ? " and more" : "")}. Nothing was applied. "
            + "Make a new preview.",
            differences);
    }

    internal static StaleReviewException Required(bool isPreviewed) => new(
        WorkErrorCodes.ContentHashRequired,
        isPreviewed
            ? "A preview of this order was made: approve by its content hash, so that exactly this is applied."
            : "Orders of this type are approved by the content hash of a preview.");
}
