namespace Newsroom.Articles;

/// <summary>A row of the host's own data: the number of its words is to be found out.</summary>
internal sealed class Article
{
    public int Id { get; init; }

    public required string Text { get; init; }

    /// <summary>Null until it was counted.</summary>
    public int? Words { get; set; }

    /// <summary>How often a count was applied. More than once would be an error of the library.</summary>
    public int Counted { get; set; }
}
