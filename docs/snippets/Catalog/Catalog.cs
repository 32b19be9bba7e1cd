#region context
using Microsoft.EntityFrameworkCore;

namespace Catalog;

public sealed class Product
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public string? Description { get; set; }
}

public sealed class AppDbContext(DbContextOptions<AppDbContext> options) : DbContext(options)
{
    public DbSet<Product> Products => Set<Product>();
}
#endregion
