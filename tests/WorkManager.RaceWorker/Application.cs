using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Shop;

namespace WorkManager.RaceWorker;

/// <summary>The tests' shop with real time, as it would run in production.</summary>
internal static class Application
{
    public static ServiceProvider Start(string provider, string connectionString, Action<WorkManagerOptions>? options = null)
    {
        var services = new ServiceCollection();
        services.AddDbContext<ShopContext>(options => Configure(options, provider, connectionString));
        services.AddWorkManager(options ?? (_ => { })).UseDbContext<ShopContext>().AddOrderType<EchoThatNeverEnds>().AddOrderType<Batches>();
        return services.BuildServiceProvider();
    }

    public static void Configure(DbContextOptionsBuilder options, string provider, string connectionString) => _ = provider switch
    {
        "Sqlite" => options.UseSqlite(connectionString),
        "PostgreSql" => options.UseNpgsql(connectionString),
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, "Unknown provider."),
    };

    /// <summary>Says that the process is up, and waits for the others.</summary>
    public static async Task WaitForStartAsync()
    {
        await Console.Out.WriteLineAsync("ready");
        await Console.In.ReadLineAsync();
    }
}
