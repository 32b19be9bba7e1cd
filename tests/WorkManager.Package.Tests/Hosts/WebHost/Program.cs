using Microsoft.EntityFrameworkCore;
using Shop;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
// Before the context, for once: the order of the two calls is the host's.
builder.Services.AddWorkManager().UseDbContext<ShopContext>().AddOrderType<RenameCustomer>();
builder.Services.AddDbContext<ShopContext>(o => o.UseShopDatabase());
await using var app = builder.Build();
app.MapGet("/", () => "shop");
await app.StartAsync();
return await OrderLife.RunAsync(app.Services);
