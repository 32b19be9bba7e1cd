using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Changes;

/// <summary>What a host's model says of a property for reviews.</summary>
internal static class ReviewAnnotations
{
    /// <summary>An approval is not for this value.</summary>
    public const string NotReviewed = "WorkManager:NotReviewed";

    /// <summary>The value is shown to nobody.</summary>
    public const string Redacted = "WorkManager:Redacted";

    public static bool IsNotReviewed(IReadOnlyProperty property) => property.FindAnnotation(NotReviewed) is not null;

    public static bool IsRedacted(IReadOnlyProperty property) => property.FindAnnotation(Redacted) is not null;
}
