using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Shop;

public class ShopContext(DbContextOptions<ShopContext> options) : IdentityDbContext(options)
{
    public DbSet<Customer> Customers => Set<Customer>();
}
