namespace WorkManager.Tests.Model;

/// <summary>An item by its order's number and its own.</summary>
internal readonly record struct ItemName(int Order, int Item);

/// <summary>A lease by names.</summary>
internal readonly record struct Grant(ItemName Item, long Epoch);

/// <summary>What a call was answered.</summary>
/// <param name="Code">The code of a refusal; null for a success.</param>
/// <param name="Text">What else the answer says.</param>
internal sealed record Answer(string? Code, string Text)
{
    /// <summary>The leases that it gave.</summary>
    public IReadOnlyList<Grant> Grants { get; init; } = [];

    /// <summary>The outcomes of a batch.</summary>
    public IReadOnlyList<Answer> Parts { get; init; } = [];

    public static Answer Of(string text) => new(null, text);

    public static Answer Refused(string code, object? reason = null) => new(code, reason?.ToString() ?? "");

    public bool Equals(Answer? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => HashCode.Combine(Code, Text);

    public override string ToString() =>
        $"{Code} {Text} {string.Join(" ", Grants.Select(g => $"{g.Item.Order}.{g.Item.Item}#{g.Epoch}"))}{string.Join(" | ", Parts)}".Trim();
}
