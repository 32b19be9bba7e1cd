namespace WorkManager;

/// <summary>Whether an approval must name the content that was reviewed. Approvals without a person never do.</summary>
public enum ReviewRequirement
{
    /// <summary>Once a preview of the order was made.</summary>
    IfPreviewed,

    /// <summary>Always: nobody approves what nobody has seen.</summary>
    Always,

    /// <summary>Never. An approval that names a content is for exactly that content all the same.</summary>
    Never,
}
