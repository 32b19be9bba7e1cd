using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shop;

var builder = Host.CreateApplicationBuilder(args);
// On PostgreSQL in a schema of its own, too; SQLite has none.
builder.Services.AddDbContext<ShopContext>(o => o.UseShopDatabase(r => r.MigrationsHistoryTable("applied_migrations", "history")));
builder.Services.AddWorkManager().UseDbContext<ShopContext>().AddOrderType<RenameCustomer>();
using var host = builder.Build();
return await OrderLife.RunAsync(host.Services);
