using Microsoft.EntityFrameworkCore;

namespace WorkManager.Load.Databases;

/// <summary>The context of a host with one table of its own.</summary>
internal sealed class LoadContext(DbContextOptions<LoadContext> options) : DbContext(options)
{
    public DbSet<Finding> Findings => Set<Finding>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Finding>(finding =>
    {
        finding.ToTable("findings");
        finding.HasKey(f => f.Id);
        finding.Property(f => f.Id).HasColumnName("id").ValueGeneratedNever();
        finding.Property(f => f.Summary).HasColumnName("summary");
    });
}

/// <summary>What an applied order leaves in the host's data.</summary>
internal sealed class Finding
{
    public required Guid Id { get; init; }

    public required string Summary { get; init; }
}
