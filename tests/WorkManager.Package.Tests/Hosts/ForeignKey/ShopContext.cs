using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Shop;

public class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Customer> Customers => Set<Customer>();

    public DbSet<Request> Requests => Set<Request>();
}

public sealed class Request
{
    public int Id { get; set; }

    public required Customer Customer { get; set; }

    public required WorkOrder Order { get; set; }
}
