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

    public static ShopContext Shop(this TestDatabase database, string? schema = null) => new(database.Options<ShopContext>(o => o.UseWorkManager(schema)));

    public static WorkManagerDbContext Engine(this TestDatabase database, string? schema = null) =>
        new(database.Options<WorkManagerDbContext>(o => o.UseWorkManagerEngine(schema)));

    public static void UseWorkManagerEngine(this DbContextOptionsBuilder options, string? schema = null) =>
        ((Microsoft.EntityFrameworkCore.Infrastructure.IDbContextOptionsBuilderInfrastructure)options)
            .AddOrUpdateExtension(new WorkManager.Persistence.HostModel.WorkManagerOptionsExtension(schema, engine: true));
}
