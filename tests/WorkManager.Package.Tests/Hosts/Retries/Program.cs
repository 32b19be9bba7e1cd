using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shop;

var builder = Host.CreateApplicationBuilder(args);
#if SQLITE
builder.Services.AddDbContext<ShopContext>(o => o.UseShopDatabase(r => r.ExecutionStrategy(d => new RetryOnce(d))));
#else
builder.Services.AddDbContext<ShopContext>(o => o.UseShopDatabase(r => r.EnableRetryOnFailure()));
#endif
builder.Services.AddWorkManager().UseDbContext<ShopContext>().AddOrderType<RenameCustomer>();
using var host = builder.Build();
return await OrderLife.RunAsync(host.Services);

/// <summary>SQLite's provider brings none.</summary>
public sealed class RetryOnce(ExecutionStrategyDependencies dependencies) : ExecutionStrategy(dependencies, 1, TimeSpan.FromSeconds(1))
{
    protected override bool ShouldRetryOn(Exception exception) => exception is TimeoutException;
}
