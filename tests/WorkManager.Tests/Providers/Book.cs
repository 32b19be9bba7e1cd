namespace WorkManager.Tests.Providers;

/// <summary>Each type that arrives unchanged, with and without null, under a key of two columns.</summary>
internal sealed class Book
{
    public string Shelf { get; set; } = "a";

    public int Place { get; set; }

    public string Title { get; set; } = "";

    public string? Text { get; set; }

    public string? Index { get; set; }

    public bool Lent { get; set; }

    public bool? Signed { get; set; }

    public short Year { get; set; }

    public short? Edition { get; set; }

    public int Pages { get; set; }

    public int? Chapters { get; set; }

    public long Words { get; set; }

    public long? Sold { get; set; }

    public Guid Isbn { get; set; }

    public Guid? Owner { get; set; }

    public DateTimeOffset Bought { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public DateTimeOffset? Lost { get; set; }

    public OrderState State { get; set; }

    public OrderState? Former { get; set; }
}
