using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shop;
using WorkManager;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddDbContext<ShopContext>(o => o.UseShopDatabase());
builder.Services.AddWorkManager().UseDbContext<ShopContext>().AddOrderType<RenameCustomer>();
using var host = builder.Build();
var exitCode = await OrderLife.RunAsync(host.Services);

using var scope = host.Services.CreateScope();
var db = scope.ServiceProvider.GetRequiredService<ShopContext>();
db.Add(new Request { Customer = await db.Customers.FirstAsync(), Order = await db.Set<WorkOrder>().FirstAsync() });
await db.SaveChangesAsync();
return exitCode + (await db.Requests.Include(r => r.Order).AnyAsync(r => r.Order.State == OrderState.Completed) ? 0 : 1);
