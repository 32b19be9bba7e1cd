using System.Text.Json.Nodes;
using Hidden = WorkManager.Changes.HiddenCharacters;
using PreviewJson = WorkManager.Changes.PreviewJson;
using PreviewText = WorkManager.Changes.PreviewText;
using ReviewedContent = WorkManager.Changes.ReviewedContent;

namespace WorkManager;

/// <summary>What the apply of an order would do now: its real apply has run, and was rolled back.</summary>
public sealed class OrderPreview
{
    /// <summary>How many characters of a value or text <see cref="ToText"/> and <see cref="ToJson"/> tell if the caller does not say.</summary>
    public const int DefaultMaxLength = 400;

    internal OrderPreview(
        WorkOrder order, ContentHash? contentHash, ReviewedContent content, IReadOnlyList<string> obstacles, IReadOnlyList<ReviewDifference> since,
        IReadOnlyList<ReviewDifference> notRepeatable, IReadOnlyList<OverlappingOrder> overlappingOrders, int missingApprovals, DateTimeOffset createdAt,
        TimeSpan took)
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
        OverlappingOrders = overlappingOrders;
        MissingApprovals = missingApprovals;
        CreatedAt = createdAt;
        Took = took;
        HiddenCharacters = Hidden.In(Texts());
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

    /// <summary>
    /// Other orders of the tenant that are submitted or approved, and change rows that this one changes, too: whichever is applied first, what the others
    /// showed of these rows may be outdated. The one that was previewed last comes first.
    /// </summary>
    /// <remarks>
    /// Of another order its latest preview that was not cut off is known, also if it is outdated by now: an order that has none is not among them. Rows that
    /// are added do not count. They are looked for once the preview is rolled back, among the 1,000 orders whose previews changed last and in at most 16 MiB of
    /// what these have kept, and do not belong to what <see cref="ContentHash"/> names.
    /// </remarks>
    /// <value>At most 100; empty if there are none.</value>
    public IReadOnlyList<OverlappingOrder> OverlappingOrders { get; }

    /// <summary>How many people still have to approve this content, at least 1; see <see cref="OrderTypeAttribute.Approvals"/>.</summary>
    public int MissingApprovals { get; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>How long the apply took.</summary>
    public TimeSpan Took { get; }

    /// <summary>
    /// The characters anywhere in the preview that a reader would not see, or that change what is seen, such as those that turn the direction of text, have no
    /// width, or are only tags: each once, as <c>U+202E</c>, in the order of their codes. The members hold them as they are; <see cref="ToText"/> and
    /// <see cref="ToJson"/> make them visible.
    /// </summary>
    /// <value>Empty if there are none.</value>
    public IReadOnlyList<string> HiddenCharacters { get; }

    /// <summary>The preview as text for a console or a log: each row, with what goes and what comes. Hidden characters are made visible.</summary>
    /// <param name="maxLength">How many characters of a value or text are shown, at least 1. Of what is longer, its length is told.</param>
    /// <returns>Lines that end with <c>\n</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is less than 1.</exception>
    public string ToText(int maxLength = DefaultMaxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        return PreviewText.Of(this, maxLength);
    }

    /// <summary>The preview as JSON, to be shown to a person or an agent: all that this object tells.</summary>
    /// <remarks>
    /// Names are in camel case, and values keep their JSON types. Where names or texts have hidden characters, <c>hiddenCharacters</c> beside them says which,
    /// and all of them are told in visible form: a hidden character as <c>\u{202E}</c>, a reversed solidus doubled. A value or text that is longer than
    /// <paramref name="maxLength"/> is told by its first characters, as a string, and its length stands beside it: <c>after</c> and <c>afterLength</c>.
    /// </remarks>
    /// <param name="maxLength">
    /// How many characters of a value or text are told, at least 1. Names of rows and columns are told whole; an object or array is as long as its JSON.
    /// </param>
    /// <returns>A JSON object.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is less than 1.</exception>
    public string ToJson(int maxLength = DefaultMaxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        return PreviewJson.Of(this, maxLength);
    }

    // Everything that comes from the host or from agents.
    private IEnumerable<JsonNode?> Texts()
    {
        var description = Description is null ? null : JsonNode.Parse(Description.ToJson());
        return
        [
            description,
            .. Tables.Select(table => (JsonNode?)table.Table),
            .. Changes.SelectMany(row => row.Values.SelectMany(v => (JsonNode?[])[v.Name, v.Before, v.After]).Append(row.Table).Append(row.Row)),
            .. Unseen.Select(command => (JsonNode?)command.Sql),
            .. Obstacles.Select(obstacle => (JsonNode?)obstacle),
            .. OverlappingOrders.SelectMany(order => order.Rows).Select(row => (JsonNode?)row),
            .. Since.Concat(NotRepeatable).SelectMany(d => (JsonNode?[])[d.Row, d.Name, d.Reviewed, d.Now]),
        ];
    }
}
