namespace WorkManager.OrderTypes.Validation;

/// <summary>The format of a JSON string.</summary>
internal enum StringFormat
{
    None,
    Character,
    Guid,

    /// <summary>ISO 8601, with or without an offset.</summary>
    DateTime,

    /// <summary>ISO 8601 with an offset: without it the instant would depend on the server's time zone.</summary>
    DateTimeOffset,

    Date,
    Time,

    /// <summary><c>[-][d.]hh:mm:ss[.fffffff]</c>, as System.Text.Json writes a <see cref="System.TimeSpan"/>.</summary>
    Duration,

    Uri,
    Version,
    Base64,
    Email,
    Url,
}
