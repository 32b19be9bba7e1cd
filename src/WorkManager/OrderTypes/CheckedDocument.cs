namespace WorkManager.OrderTypes;

/// <summary>A document that was checked.</summary>
/// <param name="Text">What is stored.</param>
/// <param name="Hash">SHA-256 of its canonical form, lower-case hex.</param>
/// <param name="Value">The document as a value of the host's type.</param>
internal sealed record CheckedDocument(string Text, string Hash, object Value)
{
    /// <summary>Whether it is an object, and no array or single value.</summary>
    public bool IsObject => Text.AsSpan().TrimStart() is ['{', ..];
}
