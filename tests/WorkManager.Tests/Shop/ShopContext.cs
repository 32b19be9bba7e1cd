using Microsoft.EntityFrameworkCore;

namespace WorkManager.Tests.Shop;

/// <summary>The host of the tests: a ledger that every apply writes to.</summary>
public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<LedgerEntry> Ledger => Set<LedgerEntry>();

    public DbSet<Customer> Customers => Set<Customer>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<LedgerEntry>().ToTable("ledger");
        modelBuilder.Entity<Customer>().ToTable("customers");
    }
}

/// <summary>What an apply did, a row each time: two rows of one order are an order applied twice.</summary>
public sealed class LedgerEntry
{
    public int Id { get; set; }

    public Guid OrderId { get; set; }

    public string Text { get; set; } = "";
}

public sealed class Customer
{
    public int Id { get; set; }

    public string Name { get; set; } = "";

    public Guid? WorkOrderId { get; set; }
}
