#region service-requester
using Microsoft.EntityFrameworkCore;
using WorkManager;

namespace Invoices;

public sealed class Worker(IServiceScopeFactory scopes, IWorkOrderManagerFactory managers, IHostApplicationLifetime host) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InvoiceContext>();
        db.Invoices.AddRange(new Invoice { Text = "A desk lamp: 49.95" }, new Invoice { Text = "Two chairs, in all 241.25" });
        await db.SaveChangesAsync(stoppingToken);

        var requester = managers.Create(Actor.User("anna"));
        var ids = await db.Invoices.Where(i => i.Total == null).Select(i => i.Id).ToArrayAsync(stoppingToken);
        var order = await requester.ProposeAsync(new TotalsToRead(ids), cancellationToken: stoppingToken);
        while ((await requester.GetAsync(order.Id, cancellationToken: stoppingToken)).State != OrderState.Completed)
        {
            await Task.Delay(TimeSpan.FromSeconds(0.2), stoppingToken);
        }

        foreach (var invoice in await db.Invoices.AsNoTracking().OrderBy(i => i.Id).ToListAsync(stoppingToken))
        {
            Console.WriteLine(FormattableString.Invariant($"{invoice.Text} -> {invoice.Total}"));
        }

        host.StopApplication();
    }
}
#endregion
