using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shop;
using WorkManager;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddDbContext<ShopContext>(o => o.UseShopDatabase());
builder.Services.AddWorkManager().UseDbContext<ShopContext>(s => s.Migrations = MigrationOwnership.Host).AddOrderType<RenameCustomer>();
using var host = builder.Build();
return await OrderLife.RunAsync(host.Services);
