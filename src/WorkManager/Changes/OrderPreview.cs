using WorkManager.Changes;

namespace WorkManager;

/// <summary>What the apply of an order would do now: its real apply has run, and was rolled back.</summary>
public sealed class OrderPreview
{
    internal OrderPreview(
        WorkOrder order, ContentHash? contentHash, ReviewedContent content, IReadOnlyList<string> obstacles, IReadOnlyList<ReviewDifference> since,
        IReadOnlyList<ReviewDifference> notRepeatable, int missingApprovals, DateTimeOffset createdAt, TimeSpan took)
    {
        OrderId = order.Id;
        OrderType = order.Type;
        ContentHash = contentHash;
        Changes = content.Rows;
        Description = content.Description;
        Unseen = content.Unseen;
        IsCutOff = content.IsCutOff;
        Tables = [.. content.Tables];
        Obstacles = obstacles;
        Since = since;
        NotRepeatable = notRepeatable;
        MissingApprovals = missingApprovals;
        CreatedAt = createdAt;
        Took = took;
    }

    /// <summary>The order.</summary>
    public Guid OrderId { get; }

    /// <summary>Its type.</summary>
    public string OrderType { get; }

    /// <summary>
    /// Names exactly this content: the payload, the results and the changes. <see cref="IWorkOrderManager.ApproveAsync"/> with it applies this or nothing. Null
    /// if the preview is cut off: what was not seen cannot be approved.
    /// </summary>
    public ContentHash? ContentHash { get; }

    /// <summary>Each row that would change, in the order in which they are saved.</summary>
    public IReadOnlyList<RowChange> Changes { get; }

    /// <summary>How many rows would change, by table.</summary>
    public IReadOnlyList<TableSummary> Tables { get; }

    /// <summary>What the order type itself says of the change; null if it says nothing.</summary>
    public WorkDiff? Description { get; }

    /// <summary>Commands of the apply that go past the change tracker: what they change is not among <see cref="Changes"/>.</summary>
    public IReadOnlyList<UnseenCommand> Unseen { get; }

    /// <summary>Whether there were more rows than <see cref="ReviewOptions.MaxRows"/>. They are counted in <see cref="Tables"/>.</summary>
    public bool IsCutOff { get; }

    /// <summary>Why the order could not be approved now, as the order type says; none if it could.</summary>
    public IReadOnlyList<string> Obstacles { get; }

    /// <summary>What has changed since the preview that <see cref="PreviewOptions.Since"/> names; none without it.</summary>
    public IReadOnlyList<ReviewDifference> Since { get; }

    /// <summary>
    /// What a second run did otherwise, with what the first one did as reviewed: mark it as <c>NotReviewed()</c>, or make it repeatable by
    /// <see cref="ApplyContext{TPayload, TInput, TResult}.Now"/> and <see cref="ApplyContext{TPayload, TInput, TResult}.NewId"/>. None without
    /// <see cref="PreviewOptions.Verify"/>.
    /// </summary>
    public IReadOnlyList<ReviewDifference> NotRepeatable { get; }

    /// <summary>How many people still have to approve this content, at least 1; see <see cref="OrderTypeAttribute.Approvals"/>.</summary>
    public int MissingApprovals { get; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>How long the apply took.</summary>
    public TimeSpan Took { get; }

    /// <summary>The preview as text for a console or a log: each row, with what goes and what comes. Hidden characters are made visible.</summary>
    /// <returns>Lines that end with <c>\n</c>.</returns>
    public string ToText() => PreviewText.Of(this);
}
