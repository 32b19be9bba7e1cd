using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Shop;

/// <summary>Filters, further columns and renamed tables, for everything that is the host's.</summary>
public class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Customer> Customers => Set<Customer>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Customer>().Property<string>("Tenant").HasDefaultValue("acme");
        modelBuilder.Entity<Customer>().HasQueryFilter(c => EF.Property<string>(c, "Tenant") == "acme");
        foreach (var entity in modelBuilder.Model.GetEntityTypes().Where(e => e.ClrType.Namespace != "WorkManager"))
        {
            entity.SetTableName("shop_" + entity.GetTableName()!.ToLowerInvariant());
            entity.AddProperty("UpdatedAt", typeof(DateTime?));
        }
    }
}

public sealed class StampEverything : SaveChangesInterceptor
{
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        // Fails for every entity that has no such property: none of WorkManager's may come by here.
        foreach (var entry in eventData.Context!.ChangeTracker.Entries().Where(e => e.State is EntityState.Added or EntityState.Modified))
        {
            entry.Property("UpdatedAt").CurrentValue = DateTime.UtcNow;
        }

        return ValueTask.FromResult(result);
    }
}

public sealed class CountCommands : DbCommandInterceptor
{
    public static int Count { get; private set; }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Count++;
        return ValueTask.FromResult(result);
    }
}
