using System.Security.Cryptography;

namespace WorkManager.Hosting.Timing;

/// <summary>Spreads what many processes would do at the same moment.</summary>
internal static class Jitter
{
    /// <summary>A time that is up to a fifth shorter or longer.</summary>
    public static TimeSpan Around(TimeSpan time) => time * (RandomNumberGenerator.GetInt32(800, 1201) / 1000.0);

    /// <summary>A time, or up to two fifths more.</summary>
    public static TimeSpan Above(TimeSpan time) => time * (RandomNumberGenerator.GetInt32(1000, 1401) / 1000.0);

    /// <summary>A part of a time: at least none of it, and less than all.</summary>
    public static TimeSpan Within(TimeSpan time) => time * (RandomNumberGenerator.GetInt32(0, 1000) / 1000.0);
}
