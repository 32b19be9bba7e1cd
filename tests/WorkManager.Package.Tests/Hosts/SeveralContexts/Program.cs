using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shop;
using WorkManager;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddDbContext<ShopContext>(o => o.UseShopDatabase());
// The same database, other tables, a history of its own. It reads orders, and leaves them to the shop.
builder.Services.AddDbContext<ReportContext>(o => o
    .UseShopDatabase(r => r.MigrationsHistoryTable("report_migrations"))
    .UseWorkManager(s => s.Migrations = MigrationOwnership.None));
builder.Services.AddWorkManager().UseDbContext<ShopContext>().AddOrderType<RenameCustomer>();
using var host = builder.Build();
var exitCode = await OrderLife.RunAsync(host.Services);

using var scope = host.Services.CreateScope();
var reports = scope.ServiceProvider.GetRequiredService<ReportContext>();
reports.Add(new Report { Order = await reports.Set<WorkOrder>().FirstAsync() });
await reports.SaveChangesAsync();
return exitCode + (await reports.Reports.AnyAsync(r => r.Order.State == OrderState.Completed) ? 0 : 1);
