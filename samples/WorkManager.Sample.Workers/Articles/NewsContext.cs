using Microsoft.EntityFrameworkCore;

namespace Newsroom.Articles;

/// <summary>The host's own context. <c>UseDbContext&lt;NewsContext&gt;()</c> adds the tables of WorkManager to its model and its migrations.</summary>
internal sealed class NewsContext(DbContextOptions<NewsContext> options) : DbContext(options)
{
    public DbSet<Article> Articles => Set<Article>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Article>(article =>
    {
        article.ToTable("articles");
        article.Property(a => a.Id).HasColumnName("id").ValueGeneratedNever();
        article.Property(a => a.Text).HasColumnName("text");
        article.Property(a => a.Words).HasColumnName("words");
        article.Property(a => a.Counted).HasColumnName("counted");
    });
}
