namespace WorkManager.Tests.Providers;

/// <summary>Columns of types that do not arrive unchanged on each way.</summary>
internal sealed class Oddity
{
    public int Id { get; set; }

    public double? Fraction { get; set; }

    public decimal? Price { get; set; }

    public byte? Small { get; set; }

    public byte[]? Bytes { get; set; }

    public DateTimeOffset? Time { get; set; }

    public TimeSpan? Span { get; set; }

    public DateTime? Moment { get; set; }
}
