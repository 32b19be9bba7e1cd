namespace WorkManager.Applying;

/// <param name="OrderId">The order.</param>
/// <param name="ContentHash">What the reviewer saw.</param>
/// <param name="Policy">The rule by which it is approved, if no person decided.</param>
/// <param name="TakenUntil">
/// When the order is due for the try after this one, where that was written to take it; see <see cref="ApproveDue"/>. If it is due at another time by now,
/// somebody else has taken it since.
/// </param>
internal sealed record ApproveRequest(Guid OrderId, ContentHash? ContentHash, string? Policy = null, DateTimeOffset? TakenUntil = null)
{
    /// <summary>Whether a preview of the order was made before; if <see cref="ContentHash"/> names one, whether there is that one.</summary>
    public bool IsPreviewed { get; init; }

    /// <summary>The revision of the order at which nobody had approved it or an item of it; null if somebody had.</summary>
    public int? WithoutGivenAt { get; init; }

    /// <summary>Whether it keeps what it changes, to be put back.</summary>
    public bool IsReversible { get; init; }

    /// <summary>Whether the approver had edited a result of it, and at which revision of the order that was so.</summary>
    public (bool Has, int At) Edited { get; init; }

    /// <summary>The <see cref="Policy"/> of orders whose type says that they are approved without a person.</summary>
    public const string AutoApprove = "auto_approve";

    public bool IsAutomatic => Policy == AutoApprove;

    /// <summary>Whether an order is applied that was approved before. Nobody decides any more.</summary>
    public bool IsDeferred { get; init; }

    /// <summary>
    /// Whether all of it sees the database as it was at one moment. Else what others commit between the look of the host's code and its save would be
    /// overwritten, although nobody has reviewed that, and nothing could put it back.
    /// </summary>
    public bool SeesOneMoment => ContentHash is not null || IsDeferred || IsReversible;

    /// <summary>Whether the engine does it: it tries again later.</summary>
    public bool IsByEngine => IsAutomatic || IsDeferred;
}
