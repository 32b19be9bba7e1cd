using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;

namespace WorkManager.Tests.Previews;

/// <summary>A host with every kind of mapping that a change can meet.</summary>
public sealed class StockContext(DbContextOptions<StockContext> options) : DbContext(options)
{
    public DbSet<Article> Articles => Set<Article>();

    public DbSet<Shelf> Shelves => Set<Shelf>();

    public DbSet<Price> Prices => Set<Price>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Article>(article =>
        {
            article.ToTable("articles");
            article.Property(a => a.Kind).HasConversion<string>();
            article.Property(a => a.Version).IsConcurrencyToken();
            article.Property(a => a.UpdatedAt).NotReviewed();
            article.Property(a => a.Secret).Redacted();
            article.Property<string?>("Remark");
            article.HasQueryFilter(a => !a.Name.EndsWith("(deleted)"));
            article.OwnsOne(a => a.Maker);
            article.ComplexProperty(a => a.Size, size => size.Property(s => s.Width).HasColumnName("width"));
            article.HasMany(a => a.Shelves).WithMany(s => s.Articles).UsingEntity(join => join.ToTable("articles_shelves"));
        });
        modelBuilder.Entity<Shelf>(shelf =>
        {
            shelf.ToTable("shelves");
            shelf.HasOne(s => s.Above).WithMany().HasForeignKey(s => s.AboveId);
        });
        modelBuilder.Entity<Batch>(batch =>
        {
            batch.ToTable("batches").HasAlternateKey(b => b.Code);
            batch.Property(b => b.Priority).HasDefaultValue(10);
            batch.Property(b => b.Weight).IsConcurrencyToken();
            batch.OwnsMany(b => b.Notes, note => note.ToTable("batch_notes").HasKey("Id"));
        });
        modelBuilder.Entity<ColdBatch>();
        modelBuilder.Entity<Label>().ToTable("labels").HasOne<Batch>().WithMany().HasForeignKey(l => l.BatchCode).HasPrincipalKey(b => b.Code);
        modelBuilder.Entity<Price>().ToTable("prices").HasKey(p => new { p.Region, p.Day });
    }
}

public enum ArticleKind
{
    Tool,
    Toy,
}

/// <summary>Its key is the database's, it has a value of its own table row, a complex one, a token, a stamp and a secret.</summary>
public sealed class Article
{
    public int Id { get; set; }

    [MaxLength(100)]
    public required string Name { get; set; }

    public ArticleKind Kind { get; set; }

    public int Version { get; set; }

    public DateTime UpdatedAt { get; set; }

    public string? Secret { get; set; }

    public Maker? Maker { get; set; }

    public Size Size { get; set; } = new();

    public List<Shelf> Shelves { get; } = [];
}

public sealed class Maker
{
    public required string City { get; set; }
}

public sealed class Size
{
    public int Width { get; set; }
}

/// <summary>Its key is made by EF Core, another one each time.</summary>
public sealed class Shelf
{
    public Guid Id { get; set; }

    public required string Name { get; set; }

    public Guid? AboveId { get; set; }

    public Shelf? Above { get; set; }

    public List<Article> Articles { get; } = [];
}

/// <summary>It has no public constructor without arguments, another key, a default of the database, a token of its own, and rows that it owns.</summary>
public class Batch
{
    private readonly List<BatchNote> notes = [];

    public Batch(string code) => Code = code;

    protected Batch() => Code = "";

    public int Id { get; private set; }

    [MaxLength(20)]
    public string Code { get; private set; }

    public int Priority { get; set; }

    public decimal Weight { get; set; }

    public double? Ratio { get; set; }

    public IReadOnlyList<BatchNote> Notes => notes;

    public void Note(string text) => notes.Add(new BatchNote { Text = text });
}

public sealed class ColdBatch(string code) : Batch(code)
{
    public int Degrees { get; set; }
}

public sealed class BatchNote
{
    public required string Text { get; set; }
}

/// <summary>It refers to another key than the primary one, and goes with what it refers to.</summary>
public sealed class Label
{
    public int Id { get; set; }

    [MaxLength(20)]
    public required string BatchCode { get; set; }
}

/// <summary>Its key has two columns.</summary>
public sealed class Price
{
    public required string Region { get; set; }

    public DateOnly Day { get; set; }

    public decimal Amount { get; set; }
}
