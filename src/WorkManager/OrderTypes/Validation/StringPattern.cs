using System.Text.RegularExpressions;

namespace WorkManager.OrderTypes.Validation;

/// <summary>A regular expression that a whole string must match, in bounded time whatever the string.</summary>
internal sealed class StringPattern
{
    /// <summary>Much longer than a normal pattern needs, also on a machine that is busy, and short enough that a hostile string costs little.</summary>
    internal static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(250);

    // The time that an engine needs which is linear in the text is known; what is over it is the time of others on the machine.
    private static readonly TimeSpan LinearTimeout = TimeSpan.FromSeconds(10);

    private readonly Regex regex;

    public StringPattern(string pattern)
    {
        Pattern = pattern;
        regex = Compile($@"\A(?:{pattern})\z");
    }

    /// <summary>The pattern as the host wrote it, without anchors.</summary>
    public string Pattern { get; }

    /// <summary>Whether the whole text matches.</summary>
    /// <exception cref="RegexMatchTimeoutException">It could not be decided in time.</exception>
    public bool Matches(string text) => regex.IsMatch(text);

    // The non-backtracking engine is linear in the text; it knows no look-around and no back-references.
    private static Regex Compile(string anchored)
    {
        try
        {
            return new Regex(anchored, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, LinearTimeout);
        }
        catch (NotSupportedException)
        {
            return new Regex(anchored, RegexOptions.CultureInvariant, MatchTimeout);
        }
    }
}
