namespace Countries.Database;

/// <summary>A row of the host's own data: what the agents' work is to change, and nobody changes without a review.</summary>
internal sealed class Country
{
    public required string Code { get; init; }

    public required string Name { get; set; }

    /// <summary>The names of the country's time zones, the most populous first. Empty: not known.</summary>
    public List<string> TimeZones { get; set; } = [];

    public DateTimeOffset UpdatedAt { get; set; }
}
