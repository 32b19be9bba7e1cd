using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.Extensions.DependencyInjection;
using Shop;

var services = new ServiceCollection();
services.AddDbContext<ShopContext>(o => o.UseShopDatabase());
services.AddWorkManager().UseDbContext<ShopContext>().AddOrderType<RenameCustomer>();
await using var provider = services.BuildServiceProvider();
return await OrderLife.RunAsync(provider);

/// <summary>What the tool takes, whatever the program does.</summary>
public sealed class ShopContextFactory : IDesignTimeDbContextFactory<ShopContext>
{
    public ShopContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<ShopContext>();
        options.UseShopDatabase().UseWorkManager();
        return new ShopContext(options.Options);
    }
}
