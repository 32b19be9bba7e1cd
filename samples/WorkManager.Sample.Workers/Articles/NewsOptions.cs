namespace Newsroom.Articles;

/// <summary>What can be set for the sample.</summary>
internal sealed class NewsOptions
{
    /// <summary>How long it takes to count the words of an article.</summary>
    public TimeSpan ReadingTime { get; set; } = TimeSpan.FromMilliseconds(50);
}
