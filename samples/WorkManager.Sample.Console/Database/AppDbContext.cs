using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Countries.Database;

/// <summary>
/// The host's own context. It says nothing about WorkManager: <c>UseDbContext&lt;AppDbContext&gt;()</c> in <c>Program.cs</c> adds the tables
/// of WorkManager to its model and its migrations.
/// </summary>
internal sealed class AppDbContext(DbContextOptions<AppDbContext> options) : DbContext(options)
{
    public DbSet<Country> Countries => Set<Country>();

    public DbSet<ImportBatch> ImportBatches => Set<ImportBatch>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Country>(country =>
        {
            country.ToTable("countries");
            country.HasKey(c => c.Code);
            country.Property(c => c.Code).HasColumnName("code").HasMaxLength(2);
            country.Property(c => c.Name).HasColumnName("name").HasMaxLength(100);
            // JSON text on every provider, so that one set of migrations serves both; Npgsql alone would make it an array.
            country.Property(c => c.TimeZones).HasColumnName("time_zones").HasConversion(
                zones => JsonSerializer.Serialize(zones, JsonSerializerOptions.Default),
                json => JsonSerializer.Deserialize<List<string>>(json, JsonSerializerOptions.Default)!,
                new ValueComparer<List<string>>((a, b) => a!.SequenceEqual(b!), zones => zones.Count, zones => zones.ToList()));
            country.Property(c => c.UpdatedAt).HasColumnName("updated_at");
        });

        modelBuilder.Entity<ImportBatch>(batch =>
        {
            batch.ToTable("import_batches");
            batch.HasKey(b => b.Id);
            batch.Property(b => b.Id).HasColumnName("id").ValueGeneratedNever();
            batch.Property(b => b.RunId).HasColumnName("run_id");
            batch.Property(b => b.WorkOrderId).HasColumnName("work_order_id");
            batch.Property(b => b.Title).HasColumnName("title").HasMaxLength(100);
            batch.Property(b => b.Countries).HasColumnName("countries");
            batch.Property(b => b.RequestedAt).HasColumnName("requested_at");
            batch.HasIndex(b => b.RunId).HasDatabaseName("import_batches_run_idx");
            batch.HasOne(b => b.WorkOrder).WithMany().HasForeignKey(b => b.WorkOrderId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
