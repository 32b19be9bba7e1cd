using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Shop;

public class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Customer> Customers => Set<Customer>();

    // A way to our entities, so that the tool sees them even without UseWorkManager().
    public DbSet<WorkOrder> WorkOrders => Set<WorkOrder>();
}
