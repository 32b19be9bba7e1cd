using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using WorkManager.Tests.Shop;

namespace WorkManager.RaceWorker;

/// <summary>Makes the tables of the shop in one database after the other, each at the same moment as other processes.</summary>
internal static class Creating
{
    public static async Task<int> RunAsync(string provider, IEnumerable<string> connectionStrings)
    {
        foreach (var connectionString in connectionStrings)
        {
            await using var shop = Open(provider, connectionString);
            await Application.WaitForStartAsync();
            await Console.Out.WriteLineAsync($"{await shop.Database.EnsureWorkManagerCreatedAsync()}");
        }

        return 0;
    }

    /// <summary>Says so when it makes the first table of the host, and goes no further. The process is killed there.</summary>
    public static async Task<int> RunHalfAsync(string provider, string connectionString)
    {
        await using var shop = Open(provider, connectionString, new NeverMade());
        await Application.WaitForStartAsync();
        await shop.Database.EnsureWorkManagerCreatedAsync();
        return 0;
    }

    private static ShopContext Open(string provider, string connectionString, params IInterceptor[] interceptors)
    {
        var options = new DbContextOptionsBuilder<ShopContext>();
        Application.Configure(options, provider, connectionString);
        return new ShopContext(options.UseWorkManager().AddInterceptors(interceptors).Options);
    }

    private sealed class NeverMade : DbCommandInterceptor
    {
        public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            if (command.CommandText.Contains("customers", StringComparison.Ordinal))
            {
                await Console.Out.WriteLineAsync("creating");
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return result;
        }
    }
}
