using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WorkManager;

namespace Catalog.Guides;

#region foreign-key
public sealed class Translation
{
    public int Id { get; set; }

    public required string Text { get; set; }

    public required WorkOrder Order { get; set; } // your table, a foreign key to work_orders
}
#endregion

public sealed class TranslationMapping : IEntityTypeConfiguration<Translation>
{
    public void Configure(EntityTypeBuilder<Translation> builder)
    {
        #region keep-the-order
        builder.HasOne(t => t.Order).WithMany().OnDelete(DeleteBehavior.Restrict);
        #endregion
    }
}

public sealed class ReportContext(DbContextOptions<ReportContext> options) : DbContext(options);

#region factory-with-workmanager
public sealed class ContextForTheTool : IDesignTimeDbContextFactory<AppDbContext>
{
    public AppDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<AppDbContext>().UseNpgsql("Host=localhost").UseWorkManager().Options);
}
#endregion

internal static class HostsOfTheMigrationsGuide
{
    private const string Connection = "Data Source=catalog.db";

    public static void Usual(IHostApplicationBuilder builder)
    {
        #region usual-host
        builder.Services.AddDbContext<AppDbContext>(o => o.UseSqlite(Connection)); // or AddDbContextPool, AddDbContextFactory
        builder.Services.AddWorkManager().UseDbContext<AppDbContext>();
        #endregion
    }

    public static void OtherProject(IServiceCollection services)
    {
        #region other-project
        services.AddDbContext<AppDbContext>(o => o.UseSqlite(Connection, s => s.MigrationsAssembly("Catalog.Migrations")));
        #endregion
    }

    public static void OtherHistory(IServiceCollection services)
    {
        #region other-history
        services.AddDbContext<AppDbContext>(o => o.UseNpgsql(Connection, n => n.MigrationsHistoryTable("applied_migrations", "history")));
        #endregion
    }

    public static void OwnSchema(IServiceCollection services)
    {
        #region own-schema
        services.AddWorkManager().UseDbContext<AppDbContext>(schema: "work");
        #endregion
    }

    public static void HostOwned(IServiceCollection services)
    {
        #region host-owned
        services.AddWorkManager().UseDbContext<AppDbContext>(s => s.Migrations = MigrationOwnership.Host);
        #endregion
    }

    public static void SecondContext(IServiceCollection services)
    {
        #region second-context
        services.AddDbContext<ReportContext>(o => o
            .UseSqlite(Connection, s => s.MigrationsHistoryTable("report_migrations"))
            .UseWorkManager(s => s.Migrations = MigrationOwnership.None));
        #endregion
    }

    public static void NoContext(IServiceCollection services)
    {
        #region no-context
        services.AddDbContext<WorkManagerDbContext>(o => o.UseSqlite(Connection));
        services.AddWorkManager();
        #endregion
    }

    public static void Remove(IServiceCollection services)
    {
        #region allow-removal
        services.AddWorkManager().UseDbContext<AppDbContext>(s => s.AllowSchemaRemoval = true);
        #endregion
    }

    public static async Task AtStartAsync(IHost host)
    {
        #region migrate-at-start
        await using var scope = host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<AppDbContext>().Database.MigrateAsync();
        #endregion
    }

    public static async Task OursOnlyAsync(AppDbContext db)
    {
        #region ours-only
        await db.Database.MigrateWorkManagerAsync(); // our migrations, none of yours
        #endregion
        #region created
        await db.Database.EnsureWorkManagerCreatedAsync(); // your tables from the model, if there are none, and ours
        #endregion
    }
}
