using Microsoft.EntityFrameworkCore;

namespace WorkManager.Tests.Persistence.HostModel;

/// <summary>Contexts for a test's database, as a host and the engine would have them.</summary>
internal static class Hosts
{
    /// <summary>A database that the migrations of <see cref="ShopContext"/> made.</summary>
    public static DatabaseTemplate Migrated { get; } = new(async database =>
    {
        await using var context = database.Shop();
        await context.Database.MigrateAsync();
    });

    public static ShopContext Shop(this TestDatabase database) => new(database.Options<ShopContext>(o => o.UseWorkManager()));

    public static WorkManagerDbContext Engine(this TestDatabase database) => new(database.Options<WorkManagerDbContext>(o => o.UseWorkManagerEngine()));

    /// <summary>
    /// The options of a configuration that only a few tests have. EF Core keeps the services of every other one for the life of the
    /// process, and refuses the twenty-first.
    /// </summary>
    public static DbContextOptions<TContext> RareOptions<TContext>(this TestDatabase database, Action<DbContextOptionsBuilder<TContext>> configure)
        where TContext : DbContext =>
        database.Options<TContext>(options =>
        {
            configure(options);
            options.EnableServiceProviderCaching(false);
        });

    public static void UseWorkManagerEngine(this DbContextOptionsBuilder options, string? schema = null) =>
        ((Microsoft.EntityFrameworkCore.Infrastructure.IDbContextOptionsBuilderInfrastructure)options)
            .AddOrUpdateExtension(WorkManager.Persistence.HostModel.WorkManagerOptionsExtension.ForEngine(schema));
}
