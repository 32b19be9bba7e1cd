using System.Diagnostics.CodeAnalysis;

namespace WorkManager;

/// <summary>Names exactly the content that a reviewer saw: a SHA-256 in lower-case hex.</summary>
public readonly record struct ContentHash : IParsable<ContentHash>
{
    private const int Length = 64;

    private readonly string? value;

    private ContentHash(string value) => this.value = value;

    /// <summary>The hash as 64 lower-case hex digits; empty for the default value.</summary>
    /// <returns>Text that <see cref="Parse(string, IFormatProvider?)"/> reads.</returns>
    public override string ToString() => value ?? "";

    /// <summary>Reads a hash.</summary>
    /// <param name="s">64 lower-case hex digits.</param>
    /// <param name="provider">Not used.</param>
    /// <returns>The hash.</returns>
    /// <exception cref="FormatException">The text is not a content hash.</exception>
    public static ContentHash Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var hash) ? hash : throw new FormatException("The text is not a content hash: 64 lower-case hex digits are expected.");

    /// <summary>Reads a hash.</summary>
    /// <param name="s">64 lower-case hex digits.</param>
    /// <param name="provider">Not used.</param>
    /// <param name="result">The hash, if the text is one.</param>
    /// <returns>Whether the text is a content hash.</returns>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ContentHash result)
    {
        var valid = s is { Length: Length } && s.All(char.IsAsciiHexDigitLower);
        result = valid ? new ContentHash(s!) : default;
        return valid;
    }
}
