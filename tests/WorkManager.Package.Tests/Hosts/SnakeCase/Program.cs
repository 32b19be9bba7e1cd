using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shop;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddDbContext<ShopContext>(o => o.UseShopDatabase().UseSnakeCaseNamingConvention());
builder.Services.AddWorkManager().UseDbContext<ShopContext>().AddOrderType<RenameCustomer>();
using var host = builder.Build();
return await OrderLife.RunAsync(host.Services);
