using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Tests.Ledger;

namespace WorkManager.RaceWorker;

/// <summary>Applies what is due, and says on which line of an apply it is. The process is killed on one of them.</summary>
internal static class ApplyingDeferred
{
    public static async Task<int> RunAsync(string provider, string connectionString)
    {
        var lines = new Lines
        {
            At = (line, _) => Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"line {line}")),
        };
        var services = new ServiceCollection();
        services.AddSingleton(lines).AddDbContext<LedgerContext>(options =>
        {
            Application.Configure(options, provider, connectionString);
            options.UseWorkManager();
        });
        services.AddWorkManager(o => (o.Retry.Backoff, o.Retry.Jitter) = (TimeSpan.FromMilliseconds(300), TimeSpan.Zero))
            .UseDbContext<LedgerContext>().AddOrderType<MoveLater>();
        await using var application = services.BuildServiceProvider();
        var maintenance = application.GetRequiredService<IWorkMaintenance>();
        await Application.WaitForStartAsync();
        while (true)
        {
            await maintenance.ApproveDueAsync();
            // What somebody else had taken is due again soon.
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }
}
