namespace WorkManager.Tests.Model;

/// <summary>An item by its order's number and its own.</summary>
internal readonly record struct ItemName(int Order, int Item);

/// <summary>A lease by names.</summary>
internal readonly record struct Grant(ItemName Item, long Epoch);

/// <summary>What a call was answered.</summary>
/// <param name="Code">The code of a refusal; null for a success.</param>
/// <param name="Text">What else the answer says.</param>
/// <param name="Grants">The leases that it gave.</param>
internal sealed record Answer(string? Code, string Text, IReadOnlyList<Grant> Grants)
{
    public static Answer Of(string text, params IReadOnlyList<Grant> grants) => new(null, text, grants);

    public static Answer Refused(string code, object? reason = null) => new(code, reason?.ToString() ?? "", []);

    public bool Equals(Answer? other) => other is not null && Code == other.Code && Text == other.Text && Grants.SequenceEqual(other.Grants);

    public override int GetHashCode() => HashCode.Combine(Code, Text, Grants.Count);

    public override string ToString() =>
        $"{Code} {Text} {string.Join(" ", Grants.Select(g => $"{g.Item.Order}.{g.Item.Item}#{g.Epoch}"))}".Trim();
}
