using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WorkManager;

namespace Catalog.Guides;

public sealed class CurrentShop
{
    public string Id { get; set; } = "";
}

#region tenant-provider
public sealed class ShopTenant(CurrentShop shop) : IWorkTenantProvider
{
    public string TenantId => shop.Id; // your own way to know the tenant of a request
}
#endregion

public sealed class CurrentDatabase
{
    public string ConnectionString { get; set; } = "";
}

public static class Tenants
{
    public static void Register(IHostApplicationBuilder builder)
    {
        #region tenant-registration
        builder.Services.AddScoped<IWorkTenantProvider, ShopTenant>();
        #endregion
    }

    public static void RegisterDatabases(IHostApplicationBuilder builder)
    {
        #region database-per-tenant
        builder.Services.AddScoped<CurrentDatabase>();
        builder.Services.AddDbContext<AppDbContext>((scope, o) => o.UseSqlite(scope.GetRequiredService<CurrentDatabase>().ConnectionString));
        builder.Services.AddWorkManager()
            .UseDbContext<AppDbContext>()
            .CarryScope<CurrentDatabase>((caller, fresh) => fresh.ConnectionString = caller.ConnectionString);
        #endregion
    }

    public static async Task WorkAsync(IWorkOrderManagerFactory factory)
    {
        #region tenant-factory
        IWorkOrderManager ofOne = factory.Create(Actor.Agent("writer-1"), tenantId: "acme");
        IWorkOrderManager ofAll = factory.CreateForAllTenants(Actor.Agent("writer-2"));

        IReadOnlyList<WorkLease> leases = await ofAll.CheckoutManyAsync(20);
        #endregion
        _ = (ofOne, leases);
    }
}
